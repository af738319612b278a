package org.mingcha.startup.worknotenqueued;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
