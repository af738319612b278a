package org.mingcha.startup.interfacefactory;

import android.app.Application;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Sources.install();
        Reporter.report(this);
    }
}
