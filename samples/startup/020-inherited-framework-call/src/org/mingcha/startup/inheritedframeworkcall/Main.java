package org.mingcha.startup.inheritedframeworkcall;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
