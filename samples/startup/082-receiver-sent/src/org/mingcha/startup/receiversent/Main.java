package org.mingcha.startup.receiversent;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
