package org.mingcha.startup.reflectionhelper;

import android.app.Application;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Calls.call("org.mingcha.startup.reflectionhelper.Target", "collect", this);
    }
}
