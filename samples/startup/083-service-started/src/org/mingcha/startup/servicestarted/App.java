package org.mingcha.startup.servicestarted;

import android.app.Application;
import android.content.Intent;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        startService(new Intent(this, Worker.class));
    }
}
