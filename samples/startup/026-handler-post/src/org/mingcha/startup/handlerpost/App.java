package org.mingcha.startup.handlerpost;

import android.app.Application;
import android.os.Handler;
import android.os.Looper;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        new Handler(Looper.getMainLooper()).post(new ImeiReader(this));
    }
}
