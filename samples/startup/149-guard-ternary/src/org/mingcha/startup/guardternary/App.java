package org.mingcha.startup.guardternary;

import android.app.Application;
import android.content.SharedPreferences;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        SharedPreferences prefs = getSharedPreferences("app", MODE_PRIVATE);
        Source source = prefs.getBoolean("agreed", false) ? new PhoneSource() : new QuietSource();
        Log.i("sample", source.read(this));
    }
}
