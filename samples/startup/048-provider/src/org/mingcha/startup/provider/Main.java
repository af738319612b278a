package org.mingcha.startup.provider;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
