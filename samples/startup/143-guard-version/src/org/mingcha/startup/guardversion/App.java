package org.mingcha.startup.guardversion;

import android.app.Application;
import android.os.Build;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        if (Build.VERSION.SDK_INT < 29) {
            Log.i("sample", Device.imei(this));
        }
    }
}
