package org.mingcha.startup.guardsdkswitch;

import android.app.Application;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        org.alpha.guardsdkswitch.Alpha.init(this);
    }
}
