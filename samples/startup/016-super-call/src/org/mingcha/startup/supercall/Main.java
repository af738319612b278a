package org.mingcha.startup.supercall;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
