package org.mingcha.startup.receiverwaits;

import android.app.Application;
import android.content.Intent;
import android.content.IntentFilter;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        registerReceiver(new ScreenReceiver(), new IntentFilter(Intent.ACTION_SCREEN_ON));
        registerReceiver(new BatteryReceiver(), new IntentFilter(Intent.ACTION_BATTERY_CHANGED));
        IntentFilter both = new IntentFilter();
        both.addAction(Intent.ACTION_SCREEN_OFF);
        both.addAction(Intent.ACTION_TIME_TICK);
        registerReceiver(new TickReceiver(), both);
    }
}
