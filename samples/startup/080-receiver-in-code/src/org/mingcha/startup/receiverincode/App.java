package org.mingcha.startup.receiverincode;

import android.app.Application;
import android.content.IntentFilter;
import android.net.ConnectivityManager;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        registerReceiver(new NetReceiver(), new IntentFilter(ConnectivityManager.CONNECTIVITY_ACTION));
    }
}
