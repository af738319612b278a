package org.mingcha.startup.threadneverstarted;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
