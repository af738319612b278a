package org.mingcha.startup.deadcode;

import android.content.Context;
import android.telephony.TelephonyManager;
import android.util.Log;

/** Left over. */
final class Old {
    private Old() {
    }

    static void begin(Context context) {
        read(context);
    }

    private static void read(Context context) {
        Log.i("sample", ((TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
        if (context.hashCode() == 0) {
            begin(context);
        }
    }
}
