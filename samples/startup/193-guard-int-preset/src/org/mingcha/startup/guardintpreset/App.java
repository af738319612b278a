package org.mingcha.startup.guardintpreset;

import android.app.Application;

/** Sets the stage before anybody was asked. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Main.stage = 2;
    }
}
