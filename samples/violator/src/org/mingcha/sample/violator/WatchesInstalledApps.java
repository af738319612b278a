package org.mingcha.sample.violator;

import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;

/** Starts a service whenever an app is installed or removed. */
public final class WatchesInstalledApps extends BroadcastReceiver {
    @Override
    public void onReceive(Context context, Intent intent) {
        context.startService(new Intent(context, ExportedCommandService.class));
    }
}
