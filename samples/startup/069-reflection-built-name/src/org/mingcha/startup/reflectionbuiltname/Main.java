package org.mingcha.startup.reflectionbuiltname;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
