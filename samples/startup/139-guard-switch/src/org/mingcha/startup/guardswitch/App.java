package org.mingcha.startup.guardswitch;

import android.app.Application;
import android.content.SharedPreferences;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        SharedPreferences prefs = getSharedPreferences("app", MODE_PRIVATE);
        switch (prefs.getInt("agree_state", 0)) {
            case 0:
                Log.i("sample", Device.mac(this));
                break;
            case 2:
                Log.i("sample", Device.imei(this));
                break;
            default:
                Log.i("sample", "refused");
        }
    }
}
