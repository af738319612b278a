package org.mingcha.startup.lifecyclecallbacks;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
