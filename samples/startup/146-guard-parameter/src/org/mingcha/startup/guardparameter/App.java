package org.mingcha.startup.guardparameter;

import android.app.Application;
import android.content.SharedPreferences;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        SharedPreferences prefs = getSharedPreferences("app", MODE_PRIVATE);
        org.alpha.guardparameter.Alpha.init(this, prefs.getBoolean("agreed", false));
    }
}
