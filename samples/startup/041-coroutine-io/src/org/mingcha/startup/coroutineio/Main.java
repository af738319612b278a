package org.mingcha.startup.coroutineio;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
