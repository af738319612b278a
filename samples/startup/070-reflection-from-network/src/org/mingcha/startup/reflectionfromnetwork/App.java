package org.mingcha.startup.reflectionfromnetwork;

import android.app.Application;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        new Thread(new Remote(this)).start();
    }
}
