package org.mingcha.startup.nativebetween;

import android.app.Application;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        new Bridge(this).start();
    }
}
