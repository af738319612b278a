package org.mingcha.startup.classinitcall;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
