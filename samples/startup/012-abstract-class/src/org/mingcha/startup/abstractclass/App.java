package org.mingcha.startup.abstractclass;

import android.app.Application;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Task task = new PhoneTask(this);
        task.start();
    }
}
