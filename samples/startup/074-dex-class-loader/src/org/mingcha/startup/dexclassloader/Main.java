package org.mingcha.startup.dexclassloader;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
