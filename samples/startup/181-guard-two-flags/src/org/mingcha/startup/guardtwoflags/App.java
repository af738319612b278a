package org.mingcha.startup.guardtwoflags;

import android.app.Application;
import android.content.SharedPreferences;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        SharedPreferences prefs = getSharedPreferences("app", MODE_PRIVATE);
        prefs.edit().putBoolean("started", true).apply();
        if (prefs.getBoolean("started", false)) {
            Log.i("sample", Device.mac(this));
            if (prefs.getBoolean("agreed", false)) {
                Log.i("sample", Device.imei(this));
            }
        }
    }
}
