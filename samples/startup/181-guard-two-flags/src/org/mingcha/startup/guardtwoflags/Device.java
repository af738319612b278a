package org.mingcha.startup.guardtwoflags;

import android.content.Context;
import android.net.wifi.WifiManager;
import android.telephony.TelephonyManager;

/** Reads what its methods are named after. */
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
