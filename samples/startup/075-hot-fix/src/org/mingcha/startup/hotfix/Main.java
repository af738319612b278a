package org.mingcha.startup.hotfix;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
