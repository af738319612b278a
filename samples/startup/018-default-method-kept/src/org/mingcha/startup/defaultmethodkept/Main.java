package org.mingcha.startup.defaultmethodkept;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
