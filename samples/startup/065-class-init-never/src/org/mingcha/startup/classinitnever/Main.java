package org.mingcha.startup.classinitnever;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
