package org.mingcha.startup.notificationtap;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
