package org.mingcha.startup.lambda;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
