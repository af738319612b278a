package org.mingcha.startup.threadsubclass;

import android.content.Context;
import android.telephony.TelephonyManager;
import android.util.Log;

/** Reads in the background. */
final class Reader extends Thread {
    private final Context context;

    Reader(Context context) {
        this.context = context;
    }

    @Override
    public void run() {
        Log.i("sample", ((TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
    }
}
