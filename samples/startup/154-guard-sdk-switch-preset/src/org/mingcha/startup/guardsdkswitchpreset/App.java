package org.mingcha.startup.guardsdkswitchpreset;

import android.app.Application;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        org.alpha.guardsdkswitchpreset.Alpha.setAgree(true);
        org.alpha.guardsdkswitchpreset.Alpha.init(this);
    }
}
