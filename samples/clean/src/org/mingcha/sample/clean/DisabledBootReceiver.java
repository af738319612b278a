package org.mingcha.sample.clean;

import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;

/** Near miss: a boot receiver that the manifest switches off. */
public final class DisabledBootReceiver extends BroadcastReceiver {
    @Override
    public void onReceive(Context context, Intent intent) {
    }
}
