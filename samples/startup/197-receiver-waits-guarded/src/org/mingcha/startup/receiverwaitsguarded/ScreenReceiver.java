package org.mingcha.startup.receiverwaitsguarded;

import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;
import android.util.Log;

/** Asks for the consent when the screen goes dark. */
public class ScreenReceiver extends BroadcastReceiver {
    @Override
    public void onReceive(Context context, Intent intent) {
        if (context.getSharedPreferences("app", Context.MODE_PRIVATE).getBoolean("agreed", false)) {
            Log.i("sample", Device.imei(context));
        }
    }
}
