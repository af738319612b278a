package org.mingcha.startup.guardhelperor;

import android.app.Application;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        if (Allowed.now(this)) {
            Log.i("sample", Device.imei(this));
        }
    }
}
