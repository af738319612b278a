package org.mingcha.startup.reflectionnewinstance;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
