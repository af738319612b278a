package org.mingcha.startup.serviceloader;

import android.app.Application;
import java.util.ServiceLoader;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        for (Step step : ServiceLoader.load(Step.class)) {
            step.run(this);
        }
    }
}
