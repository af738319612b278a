package org.mingcha.startup.threadsubclass;

import android.app.Application;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        new Reader(this).start();
    }
}
