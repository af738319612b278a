package org.mingcha.startup.guardfile;

import android.app.Application;
import android.util.Log;
import java.io.File;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        if (new File(getFilesDir(), "agreed").exists()) {
            Log.i("sample", Device.imei(this));
        }
    }
}
