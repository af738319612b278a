package org.mingcha.startup.executorsubmit;

import android.app.Application;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        ExecutorService pool = Executors.newCachedThreadPool();
        pool.submit(new ImeiCall(this));
    }
}
