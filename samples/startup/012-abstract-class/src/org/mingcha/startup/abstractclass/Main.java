package org.mingcha.startup.abstractclass;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
