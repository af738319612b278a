package org.mingcha.startup.rxsubscribe;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
