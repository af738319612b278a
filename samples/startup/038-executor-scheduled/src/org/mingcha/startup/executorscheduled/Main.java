package org.mingcha.startup.executorscheduled;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
