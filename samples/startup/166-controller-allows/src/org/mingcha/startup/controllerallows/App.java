package org.mingcha.startup.controllerallows;

import android.app.Application;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        org.alpha.controllerallows.Alpha.init(this, new org.alpha.controllerallows.Controller());
    }
}
