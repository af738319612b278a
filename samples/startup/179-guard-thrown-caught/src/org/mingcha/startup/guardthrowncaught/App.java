package org.mingcha.startup.guardthrowncaught;

import android.app.Application;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        try {
            PrivacyManager.require(this);
        } catch (IllegalStateException e) {
            Log.i("sample", "no consent");
        }
        Log.i("sample", Device.imei(this));
    }
}
