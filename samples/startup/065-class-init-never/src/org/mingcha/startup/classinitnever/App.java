package org.mingcha.startup.classinitnever;

import android.app.Application;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Log.i("sample", Config.NAME);
        Log.i("sample", Config.class.getName() + new Config[1].length);
    }
}
