package org.mingcha.startup.handlerthread;

import android.content.Context;
import android.telephony.TelephonyManager;
import android.util.Log;

/** Reads when it is run. */
final class ImeiReader implements Runnable {
    private final Context context;

    ImeiReader(Context context) {
        this.context = context;
    }

    @Override
    public void run() {
        Log.i("sample", ((TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
    }
}
