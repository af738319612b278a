package org.mingcha.startup.guardcached;

import android.app.Application;
import android.content.SharedPreferences;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        SharedPreferences prefs = getSharedPreferences("app", MODE_PRIVATE);
        Consent.agreed = prefs.getBoolean("agreed", false);
    }
}
