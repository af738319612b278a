package org.mingcha.startup.guardatomicpreset;

import android.app.Application;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Consent.AGREED.set(true);
    }
}
