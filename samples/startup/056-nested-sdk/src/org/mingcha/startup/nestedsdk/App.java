package org.mingcha.startup.nestedsdk;

import android.app.Application;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        org.alpha.nestedsdk.Alpha.init(this);
    }
}
