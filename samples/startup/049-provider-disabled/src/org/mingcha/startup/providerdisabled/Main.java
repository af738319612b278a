package org.mingcha.startup.providerdisabled;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
