package org.mingcha.startup.guardand;

import android.app.Application;
import android.content.SharedPreferences;
import android.os.Build;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        SharedPreferences prefs = getSharedPreferences("app", MODE_PRIVATE);
        if (Build.VERSION.SDK_INT < 29 && prefs.getBoolean("agreed", false) && getPackageName() != null) {
            Log.i("sample", Device.imei(this));
        }
    }
}
