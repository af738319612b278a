package org.mingcha.startup.reflectionconstant;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
