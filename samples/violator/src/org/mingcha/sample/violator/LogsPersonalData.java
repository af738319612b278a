package org.mingcha.sample.violator;

import android.content.Context;
import android.telephony.TelephonyManager;
import android.util.Log;

/** Writes an identifier to the log. */
final class LogsPersonalData {
    private LogsPersonalData() {
    }

    static void log(Context context) {
        TelephonyManager phone = (TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE);
        Log.d("violator", "imei " + phone.getDeviceId());
    }
}
