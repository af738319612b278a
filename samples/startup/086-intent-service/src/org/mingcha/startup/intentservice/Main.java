package org.mingcha.startup.intentservice;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
