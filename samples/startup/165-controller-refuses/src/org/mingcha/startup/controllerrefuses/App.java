package org.mingcha.startup.controllerrefuses;

import android.app.Application;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        org.alpha.controllerrefuses.Alpha.init(this, new OwnController(this));
    }
}
