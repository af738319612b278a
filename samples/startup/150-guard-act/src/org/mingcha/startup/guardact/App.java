package org.mingcha.startup.guardact;

import android.app.Application;
import android.content.SharedPreferences;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        SharedPreferences prefs = getSharedPreferences("app", MODE_PRIVATE);
        if (prefs.getInt("level", 0) > 0) {
            Log.i("sample", Device.imei(this));
        }
    }
}
