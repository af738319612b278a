package org.mingcha.startup.guardhelperreset;

import android.app.Application;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        if (!getSharedPreferences("app", MODE_PRIVATE).contains("agreed")) {
            PrivacyManager.setAgreed(this, false);
        }
        if (PrivacyManager.isAgreed(this)) {
            Log.i("sample", Device.imei(this));
        }
    }
}
