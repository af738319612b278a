package org.mingcha.startup.threadrunnable;

import android.app.Application;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Runnable idle = new MacReader(this);
        Log.i("sample", "made " + (idle != null));
        new Thread(new ImeiReader(this)).start();
    }
}
