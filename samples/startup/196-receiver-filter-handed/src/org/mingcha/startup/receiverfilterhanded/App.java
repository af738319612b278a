package org.mingcha.startup.receiverfilterhanded;

import android.app.Application;
import android.content.BroadcastReceiver;
import android.content.Intent;
import android.content.IntentFilter;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        listen(new UnlockReceiver(), new IntentFilter(Intent.ACTION_USER_PRESENT));
        registerReceiver(new BatteryReceiver(), battery());
        registerReceiver(new NamedReceiver(), new IntentFilter(getString(android.R.string.ok)));
    }

    private void listen(BroadcastReceiver receiver, IntentFilter filter) {
        registerReceiver(receiver, filter);
    }

    private static IntentFilter battery() {
        IntentFilter filter = new IntentFilter();
        filter.addAction(Intent.ACTION_BATTERY_CHANGED);
        return filter;
    }
}
