package org.mingcha.startup.guardfilepreset;

import android.app.Application;
import android.util.Log;
import java.io.File;
import java.io.IOException;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        File mark = new File(getFilesDir(), "agreed");
        if (mark.exists()) {
            Log.i("sample", Device.imei(this));
        }
        try {
            Log.i("sample", "made " + mark.createNewFile());
        } catch (IOException e) {
            Log.i("sample", "not made");
        }
    }
}
