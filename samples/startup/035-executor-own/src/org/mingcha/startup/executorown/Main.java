package org.mingcha.startup.executorown;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
