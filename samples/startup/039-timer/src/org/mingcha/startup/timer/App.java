package org.mingcha.startup.timer;

import android.app.Application;
import android.util.Log;
import java.util.Timer;
import java.util.TimerTask;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        new Timer().schedule(new ImeiTask(this), 1000, 60000);
        TimerTask idle = new MacTask(this);
        Log.i("sample", "due " + idle.scheduledExecutionTime());
    }
}
