package org.mingcha.startup.providerprocessasked;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
