package org.mingcha.startup.receiverboot;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
