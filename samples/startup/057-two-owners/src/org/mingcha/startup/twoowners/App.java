package org.mingcha.startup.twoowners;

import android.app.Application;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        org.alpha.twoowners.Alpha.init(this);
    }
}
