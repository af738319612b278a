package org.mingcha.startup.receiverownaction;

import android.app.Application;
import android.content.Intent;
import android.content.IntentFilter;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        registerReceiver(new ReadyReceiver(), new IntentFilter("org.mingcha.startup.receiverownaction.READY"));
        registerReceiver(new TapReceiver(), new IntentFilter("org.mingcha.startup.receiverownaction.TAP"));
        sendBroadcast(new Intent("org.mingcha.startup.receiverownaction.READY"));
    }
}
