package org.mingcha.startup.methodreferencekept;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
