package org.mingcha.startup.implementationmadebyclick;

import android.content.Context;
import android.telephony.TelephonyManager;

/** Reads by imei. */
final class PhoneSource implements Source {
    @Override
    public String read(Context context) {
        return ((TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId();
    }
}
