package org.mingcha.startup.guardresetatstart;

import android.app.Application;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Consent.agreed = false;
        Log.i("sample", "begins");
    }
}
