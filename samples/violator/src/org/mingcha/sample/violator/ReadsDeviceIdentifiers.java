package org.mingcha.sample.violator;

import android.content.Context;
import android.os.Build;
import android.provider.Settings;
import android.telephony.TelephonyManager;

/** Reads the identifiers of device, card and line. */
final class ReadsDeviceIdentifiers {
    private ReadsDeviceIdentifiers() {
    }

    static String all(Context context) {
        TelephonyManager phone = (TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE);
        String androidId = Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
        return phone.getDeviceId() + phone.getSubscriberId() + phone.getSimSerialNumber() + phone.getLine1Number()
                + androidId + Build.SERIAL;
    }
}
