package org.mingcha.startup.guardthrown;

import android.app.Application;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        try {
            PrivacyManager.require(this);
            Log.i("sample", Device.imei(this));
        } catch (IllegalStateException e) {
            Log.i("sample", Device.mac(this));
        }
    }
}
