package org.mingcha.startup.supercall;

import android.app.Application;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Probe probe = new LoudProbe();
        probe.probe(this);
    }
}
