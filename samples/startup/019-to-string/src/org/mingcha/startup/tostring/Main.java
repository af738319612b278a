package org.mingcha.startup.tostring;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
