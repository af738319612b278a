package org.mingcha.startup.lifecyclecallbacks;

import android.app.Application;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        registerActivityLifecycleCallbacks(new Watcher());
        Object idle = new IdleWatcher();
        Log.i("sample", "made " + (idle != null));
    }
}
