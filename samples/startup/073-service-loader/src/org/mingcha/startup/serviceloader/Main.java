package org.mingcha.startup.serviceloader;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
