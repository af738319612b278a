package org.mingcha.startup.instanceinitialiser;

import java.net.NetworkInterface;
import java.net.SocketException;

/** Reads the hardware address, for which no context is needed. */
final class Hardware {
    private Hardware() {
    }

    static byte[] address() {
        try {
            return NetworkInterface.getByName("wlan0").getHardwareAddress();
        } catch (SocketException e) {
            return new byte[0];
        }
    }
}
