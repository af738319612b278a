package org.mingcha.startup.inheritedoncreate;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
