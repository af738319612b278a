package org.mingcha.startup.providerprocessidle;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
