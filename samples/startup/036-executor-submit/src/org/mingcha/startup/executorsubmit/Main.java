package org.mingcha.startup.executorsubmit;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
