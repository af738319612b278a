package org.mingcha.startup.tostring;

import android.app.Application;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        StringBuilder text = new StringBuilder();
        text.append(new Profile(this));
        Log.i("sample", text.toString());
    }
}
