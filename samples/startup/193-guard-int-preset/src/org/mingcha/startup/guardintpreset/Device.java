package org.mingcha.startup.guardintpreset;

import android.content.Context;
import android.net.wifi.WifiManager;
import android.telephony.TelephonyManager;

/** Reads the identifiers. */
final class Device {
    private Device() {
    }

    static String imei(Context context) {
        return ((TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId();
    }

    static String mac(Context context) {
        return ((WifiManager) context.getSystemService(Context.WIFI_SERVICE)).getConnectionInfo().getMacAddress();
    }
}
