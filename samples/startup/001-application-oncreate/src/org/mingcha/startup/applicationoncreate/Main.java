package org.mingcha.startup.applicationoncreate;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
