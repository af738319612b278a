package org.mingcha.startup.timer;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
