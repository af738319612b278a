package org.mingcha.startup.interfacecall;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
