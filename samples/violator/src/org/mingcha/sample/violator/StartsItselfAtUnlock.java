package org.mingcha.sample.violator;

import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;

/** Starts a service whenever the user unlocks the device. */
public final class StartsItselfAtUnlock extends BroadcastReceiver {
    @Override
    public void onReceive(Context context, Intent intent) {
        context.startService(new Intent(context, ExportedCommandService.class));
    }
}
