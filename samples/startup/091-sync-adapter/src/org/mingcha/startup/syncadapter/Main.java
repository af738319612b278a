package org.mingcha.startup.syncadapter;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
