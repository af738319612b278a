package org.mingcha.startup.receiversent;

import android.app.Application;
import android.content.Intent;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        sendBroadcast(new Intent(this, Own.class));
    }
}
