package org.mingcha.startup.handlerpost;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
