package org.mingcha.startup.startupinitializer;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
