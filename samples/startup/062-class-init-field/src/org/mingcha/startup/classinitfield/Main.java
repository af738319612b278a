package org.mingcha.startup.classinitfield;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
