package org.mingcha.startup.futuretask;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
