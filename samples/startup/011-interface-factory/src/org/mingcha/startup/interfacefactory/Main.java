package org.mingcha.startup.interfacefactory;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
