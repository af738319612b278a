package org.mingcha.startup.guardor;

import android.app.Application;
import android.content.SharedPreferences;
import android.util.Log;
import java.util.Locale;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        SharedPreferences prefs = getSharedPreferences("app", MODE_PRIVATE);
        if (prefs.getBoolean("agreed", false) || !Locale.getDefault().getCountry().equals("CN")) {
            Log.i("sample", Device.imei(this));
        }
    }
}
