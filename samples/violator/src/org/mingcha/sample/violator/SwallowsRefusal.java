package org.mingcha.sample.violator;

import android.telephony.TelephonyManager;

/** Goes on silently when a permission is missing. */
final class SwallowsRefusal {
    private SwallowsRefusal() {
    }

    static String number(TelephonyManager phone) {
        try {
            return phone.getLine1Number();
        } catch (SecurityException e) {
        }
        return null;
    }
}
