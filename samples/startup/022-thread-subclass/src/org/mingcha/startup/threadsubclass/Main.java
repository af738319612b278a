package org.mingcha.startup.threadsubclass;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
