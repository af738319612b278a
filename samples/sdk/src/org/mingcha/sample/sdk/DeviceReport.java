package org.mingcha.sample.sdk;

import android.content.Context;
import android.telephony.TelephonyManager;

/** Reads an identifier for whoever embeds the library. */
public final class DeviceReport {
    public static final String ENDPOINT = "http://sdk.mingcha.example/report";

    private DeviceReport() {
    }

    public static String line(Context context) {
        TelephonyManager phone = (TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE);
        return ENDPOINT + "?imei=" + phone.getDeviceId();
    }
}
