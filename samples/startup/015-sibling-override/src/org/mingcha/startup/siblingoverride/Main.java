package org.mingcha.startup.siblingoverride;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
