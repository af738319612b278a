package org.mingcha.startup.classinitnew;

import android.app.Application;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Object config = new Special();
        Log.i("sample", "made " + (config != null));
    }
}
