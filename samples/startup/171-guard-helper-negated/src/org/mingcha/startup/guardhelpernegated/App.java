package org.mingcha.startup.guardhelpernegated;

import android.app.Application;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        if (!Waiting.isOn(this)) {
            Log.i("sample", Device.imei(this));
        }
    }
}
