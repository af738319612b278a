package org.mingcha.startup.instanceinitialiser;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
