package org.mingcha.startup.handlerthread;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
