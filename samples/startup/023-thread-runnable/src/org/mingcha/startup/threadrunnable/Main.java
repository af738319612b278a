package org.mingcha.startup.threadrunnable;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
