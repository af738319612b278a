package org.mingcha.startup.classinitnew;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
