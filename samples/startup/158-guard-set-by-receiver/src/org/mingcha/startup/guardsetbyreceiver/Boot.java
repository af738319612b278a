package org.mingcha.startup.guardsetbyreceiver;

import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;

/** Sets up after a restart. */
public class Boot extends BroadcastReceiver {
    @Override
    public void onReceive(Context context, Intent intent) {
        context.getSharedPreferences("app", Context.MODE_PRIVATE).edit().putBoolean("agreed", true).apply();
    }
}
