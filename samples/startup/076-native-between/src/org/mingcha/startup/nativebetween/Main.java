package org.mingcha.startup.nativebetween;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
