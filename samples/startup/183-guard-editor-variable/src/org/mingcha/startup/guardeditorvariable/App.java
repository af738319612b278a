package org.mingcha.startup.guardeditorvariable;

import android.app.Application;
import android.content.Context;
import android.content.SharedPreferences;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        SharedPreferences prefs = getSharedPreferences("app", Context.MODE_PRIVATE);
        boolean agreed = prefs.getBoolean("agreed", false);
        Log.i("sample", "agreed " + agreed);
        if (agreed) {
            Log.i("sample", Device.imei(this));
        }
    }
}
