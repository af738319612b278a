package org.mingcha.startup.classinitcall;

import android.app.Application;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Config.touch();
    }
}
