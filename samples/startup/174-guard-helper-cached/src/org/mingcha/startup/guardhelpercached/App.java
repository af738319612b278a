package org.mingcha.startup.guardhelpercached;

import android.app.Application;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        if (PrivacyManager.isAgreed(this)) {
            Log.i("sample", Device.imei(this));
        }
    }
}
