package org.mingcha.startup.guardearlyreturn;

import android.app.Application;
import android.content.SharedPreferences;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Log.i("sample", Device.mac(this));
        SharedPreferences prefs = getSharedPreferences("app", MODE_PRIVATE);
        if (!prefs.getBoolean("agreed", false)) {
            return;
        }
        Log.i("sample", Device.imei(this));
    }
}
