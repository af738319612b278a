package org.mingcha.startup.reflectedapi;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
