package org.mingcha.startup.guardinthread;

import android.content.Context;
import android.util.Log;

/** Reads if it may. */
final class ImeiReader implements Runnable {
    private final Context context;

    ImeiReader(Context context) {
        this.context = context;
    }

    @Override
    public void run() {
        if (context.getSharedPreferences("app", Context.MODE_PRIVATE).getBoolean("agreed", false)) {
            Log.i("sample", Device.imei(context));
        }
    }
}
