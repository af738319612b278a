package org.mingcha.startup.threadfield;

import android.app.Application;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Starter starter = new Starter(this);
        starter.go();
    }
}
