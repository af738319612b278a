package org.mingcha.startup.defaultmethod;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
