package org.mingcha.startup.futuretask;

import android.app.Application;
import java.util.concurrent.FutureTask;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        FutureTask<String> task = new FutureTask<String>(new ImeiCall(this));
        new Thread(task).start();
    }
}
