package org.mingcha.sample.multidex;

import android.telephony.TelephonyManager;

/** The definition that counts: first in the order of DEX files. */
final class Twin {
    private Twin() {
    }

    static String read(TelephonyManager phone) {
        return phone.getNetworkOperatorName();
    }
}
