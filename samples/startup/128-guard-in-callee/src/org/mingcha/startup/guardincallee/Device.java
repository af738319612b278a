package org.mingcha.startup.guardincallee;

import android.content.Context;
import android.telephony.TelephonyManager;

/** Reads if it may. */
final class Device {
    private Device() {
    }

    static String imei(Context context) {
        if (!context.getSharedPreferences("app", Context.MODE_PRIVATE).getBoolean("agreed", false)) {
            return "";
        }
        return ((TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId();
    }
}
