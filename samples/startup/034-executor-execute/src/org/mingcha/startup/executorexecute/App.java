package org.mingcha.startup.executorexecute;

import android.app.Application;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Executor pool = Executors.newSingleThreadExecutor();
        pool.execute(new ImeiReader(this));
    }
}
