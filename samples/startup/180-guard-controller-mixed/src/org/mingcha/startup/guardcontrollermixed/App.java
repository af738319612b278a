package org.mingcha.startup.guardcontrollermixed;

import android.app.Application;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        org.alpha.guardcontrollermixed.Alpha.init(this, new OwnController(this));
    }
}
