package org.mingcha.startup.intentservice;

import android.app.Application;
import android.content.Intent;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Intent intent = new Intent();
        intent.setClass(this, Worker.class);
        startService(intent);
    }
}
