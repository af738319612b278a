package org.mingcha.startup.defaultmethod;

import android.content.Context;
import android.net.wifi.WifiManager;
import android.telephony.TelephonyManager;

/** Reads unless an implementation knows better. */
interface Source {
    default String read(Context context) {
        return ((TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId();
    }

    default String other(Context context) {
        return ((WifiManager) context.getSystemService(Context.WIFI_SERVICE)).getConnectionInfo().getMacAddress();
    }
}
