package org.mingcha.startup.guardsingleton;

import android.app.Application;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Session.get().init(this);
    }
}
