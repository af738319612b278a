package org.mingcha.startup.componentfactory;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
