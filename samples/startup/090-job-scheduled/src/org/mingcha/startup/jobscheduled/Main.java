package org.mingcha.startup.jobscheduled;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
