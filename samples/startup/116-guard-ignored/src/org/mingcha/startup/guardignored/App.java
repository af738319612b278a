package org.mingcha.startup.guardignored;

import android.app.Application;
import android.content.SharedPreferences;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        SharedPreferences prefs = getSharedPreferences("app", MODE_PRIVATE);
        boolean agreed = prefs.getBoolean("agreed", false);
        Log.i("sample", "agreed " + agreed);
        Log.i("sample", Device.imei(this));
    }
}
