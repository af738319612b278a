package org.mingcha.startup.coroutinemain;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
