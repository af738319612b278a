package org.mingcha.startup.guardstoreaskedother;

import android.app.Application;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Store.put(this, "launched", true);
        if (Store.get(this, "launched")) {
            Log.i("sample", Device.imei(this));
        }
    }
}
