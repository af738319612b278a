package org.mingcha.startup.threadneverstarted;

import android.app.Application;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Thread thread = new Thread(new ImeiReader(this));
        thread.setName("idle");
        Log.i("sample", thread.getName());
    }
}
