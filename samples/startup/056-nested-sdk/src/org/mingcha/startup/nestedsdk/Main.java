package org.mingcha.startup.nestedsdk;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
