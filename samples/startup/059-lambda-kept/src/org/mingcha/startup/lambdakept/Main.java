package org.mingcha.startup.lambdakept;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
