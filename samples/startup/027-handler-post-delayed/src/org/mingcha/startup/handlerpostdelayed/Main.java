package org.mingcha.startup.handlerpostdelayed;

import android.app.Activity;

/** The launcher; does nothing. */
public class Main extends Activity {
}
