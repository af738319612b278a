package org.mingcha.startup.providerundeclared;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
