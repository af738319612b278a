package org.mingcha.sample.multidex;

import android.telephony.TelephonyManager;

/** Near miss: never loaded, because an earlier DEX file defines the class. */
final class Twin {
    private Twin() {
    }

    static String read(TelephonyManager phone) {
        return phone.getSubscriberId();
    }
}
