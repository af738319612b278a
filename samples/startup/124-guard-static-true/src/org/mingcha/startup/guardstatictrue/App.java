package org.mingcha.startup.guardstatictrue;

import android.app.Application;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        if (Consent.agreed) {
            Log.i("sample", Device.imei(this));
        }
    }
}
