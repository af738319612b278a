package org.mingcha.startup.guardjoinsagain;

import android.app.Application;
import android.content.SharedPreferences;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        SharedPreferences prefs = getSharedPreferences("app", MODE_PRIVATE);
        String state = "no";
        if (prefs.getBoolean("agreed", false)) {
            state = "yes";
        }
        Log.i("sample", state + Device.imei(this));
    }
}
