package org.mingcha.startup.asynctask;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
