package org.mingcha.startup.guardparametertwocallers;

import android.app.Application;
import android.content.SharedPreferences;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        SharedPreferences prefs = getSharedPreferences("app", MODE_PRIVATE);
        org.alpha.guardparametertwocallers.Alpha.init(this, prefs.getBoolean("agreed", false));
    }
}
