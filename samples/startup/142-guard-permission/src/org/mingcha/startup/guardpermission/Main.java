package org.mingcha.startup.guardpermission;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
