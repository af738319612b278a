package org.mingcha.startup.guardinverted;

import android.app.Application;
import android.content.SharedPreferences;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        SharedPreferences prefs = getSharedPreferences("app", MODE_PRIVATE);
        boolean firstRun = prefs.getBoolean("first_run", true);
        if (!firstRun) {
            Log.i("sample", Device.imei(this));
        }
    }
}
