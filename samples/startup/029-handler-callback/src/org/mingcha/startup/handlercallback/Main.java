package org.mingcha.startup.handlercallback;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
