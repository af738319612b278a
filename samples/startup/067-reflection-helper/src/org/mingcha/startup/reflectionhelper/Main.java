package org.mingcha.startup.reflectionhelper;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
