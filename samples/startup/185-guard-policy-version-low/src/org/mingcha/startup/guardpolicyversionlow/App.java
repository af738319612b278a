package org.mingcha.startup.guardpolicyversionlow;

import android.app.Application;
import android.content.SharedPreferences;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        SharedPreferences prefs = getSharedPreferences("app", MODE_PRIVATE);
        if (prefs.getInt("policy_version", 0) >= 0) {
            Log.i("sample", Device.imei(this));
        }
    }
}
