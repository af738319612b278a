package org.mingcha.startup.implementationnevermade;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
