package org.mingcha.startup.rxneversubscribed;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
