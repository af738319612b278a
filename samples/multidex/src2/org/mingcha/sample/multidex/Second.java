package org.mingcha.sample.multidex;

import android.telephony.TelephonyManager;

/** Only the second DEX file has this one. */
final class Second {
    private Second() {
    }

    static String read(TelephonyManager phone) {
        return phone.getSimSerialNumber();
    }
}
