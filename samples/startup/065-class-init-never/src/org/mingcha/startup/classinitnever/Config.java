package org.mingcha.startup.classinitnever;

import android.provider.Settings;
import java.net.NetworkInterface;
import java.net.SocketException;

/** Settings, read when the class is initialised. */
class Config {
    static String value = read();
    static final String NAME = "sample";

    private static String read() {
        try {
            return "" + NetworkInterface.getByName("wlan0").getHardwareAddress();
        } catch (SocketException e) {
            return "";
        }
    }
}
