package org.mingcha.startup.inheritedoncreate;

import android.app.Application;

/** The order of start-up. */
public abstract class BaseApp extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        begin();
    }

    protected abstract void begin();
}
