package org.mingcha.startup.handlermessage;

import android.app.Application;
import android.os.Handler;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        new ImeiHandler(this).sendEmptyMessage(1);
        Handler quiet = new MacHandler(this);
        Log.i("sample", "made " + quiet.getLooper());
    }
}
