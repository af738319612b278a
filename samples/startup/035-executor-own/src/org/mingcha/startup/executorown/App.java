package org.mingcha.startup.executorown;

import android.app.Application;
import java.util.concurrent.Executor;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Executor executor = new DirectExecutor();
        executor.execute(new ImeiReader(this));
    }
}
