package org.mingcha.startup.guardsetonresume;

import android.app.Application;
import android.content.SharedPreferences;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        SharedPreferences prefs = getSharedPreferences("app", MODE_PRIVATE);
        if (prefs.getBoolean("agreed", false)) {
            Log.i("sample", Device.imei(this));
        }
    }
}
