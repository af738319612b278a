package org.mingcha.startup.handlermessage;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
