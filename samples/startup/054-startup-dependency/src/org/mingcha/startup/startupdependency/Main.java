package org.mingcha.startup.startupdependency;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
