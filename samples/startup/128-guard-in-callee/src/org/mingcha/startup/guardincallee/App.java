package org.mingcha.startup.guardincallee;

import android.app.Application;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Log.i("sample", "" + Device.imei(this));
    }
}
