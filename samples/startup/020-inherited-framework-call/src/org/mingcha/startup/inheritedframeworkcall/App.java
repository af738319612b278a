package org.mingcha.startup.inheritedframeworkcall;

import android.app.Application;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        new Recorder().begin();
    }
}
