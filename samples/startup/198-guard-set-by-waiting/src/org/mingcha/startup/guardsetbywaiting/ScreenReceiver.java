package org.mingcha.startup.guardsetbywaiting;

import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;

/** Takes the dark screen for an answer. */
public class ScreenReceiver extends BroadcastReceiver {
    @Override
    public void onReceive(Context context, Intent intent) {
        context.getSharedPreferences("app", Context.MODE_PRIVATE).edit().putBoolean("agreed", true).apply();
    }
}
