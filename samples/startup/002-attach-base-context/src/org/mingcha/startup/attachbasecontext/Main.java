package org.mingcha.startup.attachbasecontext;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
