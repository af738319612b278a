package org.mingcha.startup.threadfield;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
