package org.mingcha.startup.guardstorepreset;

import android.app.Application;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Store.put(this, "launched", true);
        if (Store.get(this, "agreed")) {
            Log.i("sample", Device.imei(this));
        }
        Store.put(this, "agreed", true);
    }
}
