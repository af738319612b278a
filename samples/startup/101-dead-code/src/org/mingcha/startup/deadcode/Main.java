package org.mingcha.startup.deadcode;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
