package org.mingcha.startup.guardlistener;

import android.app.Application;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Consent.observe(new Observer(this));
    }
}
