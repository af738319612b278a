package org.mingcha.startup.servicestarted;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
