package org.mingcha.startup.reflectionfrommanifest;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
