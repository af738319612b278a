package org.mingcha.sample.violator;

import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;

/** Wipes the settings when any app sends the word. */
public final class ExportedResetReceiver extends BroadcastReceiver {
    @Override
    public void onReceive(Context context, Intent intent) {
        context.getSharedPreferences("account", Context.MODE_PRIVATE).edit().clear().apply();
    }
}
