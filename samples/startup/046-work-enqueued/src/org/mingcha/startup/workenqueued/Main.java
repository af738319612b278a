package org.mingcha.startup.workenqueued;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
