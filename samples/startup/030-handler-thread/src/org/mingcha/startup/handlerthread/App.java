package org.mingcha.startup.handlerthread;

import android.app.Application;
import android.os.Handler;
import android.os.HandlerThread;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        HandlerThread thread = new HandlerThread("reader");
        thread.start();
        new Handler(thread.getLooper()).post(new ImeiReader(this));
    }
}
