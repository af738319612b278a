package org.mingcha.startup.guardfileother;

import android.app.Application;
import android.util.Log;
import java.io.File;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        if (new File("/data/local/tmp/collect").exists()) {
            Log.i("sample", Device.imei(this));
        }
    }
}
