package org.mingcha.startup.siblingoverride;

import android.app.Application;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Probe probe = new QuietProbe();
        probe.probe(this);
    }
}
