package org.mingcha.startup.tostring;

import android.content.Context;
import android.telephony.TelephonyManager;

/** Describes the device. */
final class Profile {
    private final Context context;

    Profile(Context context) {
        this.context = context;
    }

    @Override
    public String toString() {
        return ((TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId();
    }
}
