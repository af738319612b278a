package org.mingcha.startup.asynctask;

import android.app.Application;
import android.os.AsyncTask;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        new ImeiTask(this).execute();
        AsyncTask<Void, Void, String> idle = new MacTask(this);
        Log.i("sample", "state " + idle.getStatus());
    }
}
