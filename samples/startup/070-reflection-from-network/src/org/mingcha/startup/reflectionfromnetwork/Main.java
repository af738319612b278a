package org.mingcha.startup.reflectionfromnetwork;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
