package org.mingcha.startup.guardcontroller;

import android.app.Application;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        org.alpha.guardcontroller.Alpha.init(this, new OwnController(this));
    }
}
