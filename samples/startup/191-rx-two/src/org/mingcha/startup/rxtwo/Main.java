package org.mingcha.startup.rxtwo;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
