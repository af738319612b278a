package org.mingcha.startup.guardsetbywaiting;

import android.app.Application;
import android.content.Intent;
import android.content.IntentFilter;
import android.content.SharedPreferences;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        registerReceiver(new ScreenReceiver(), new IntentFilter(Intent.ACTION_SCREEN_OFF));
        SharedPreferences prefs = getSharedPreferences("app", MODE_PRIVATE);
        if (prefs.getBoolean("agreed", false)) {
            Log.i("sample", Device.imei(this));
        }
    }
}
