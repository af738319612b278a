package org.mingcha.sample.clean;

import java.util.UUID;

/** Near miss: the platform's names on a class of ours, whose "device" id is random. */
final class TelephonyManager {
    String getDeviceId() {
        return UUID.randomUUID().toString();
    }

    static String fresh() {
        return new TelephonyManager().getDeviceId();
    }
}
