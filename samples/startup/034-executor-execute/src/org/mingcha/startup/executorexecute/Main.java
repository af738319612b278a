package org.mingcha.startup.executorexecute;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
