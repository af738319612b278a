package org.mingcha.startup.handlerpostdelayed;

import android.app.Application;
import android.os.Handler;
import android.os.Looper;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        new Handler(Looper.getMainLooper()).postDelayed(new ImeiReader(this), 5000);
    }
}
