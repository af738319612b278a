package org.mingcha.startup.guardsetbywaiting;

import android.content.Context;
import android.telephony.TelephonyManager;

/** Reads the identifiers. */
final class Device {
    private Device() {
    }

    static String imei(Context context) {
        return ((TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId();
    }
}
