package org.mingcha.startup.methodreference;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
