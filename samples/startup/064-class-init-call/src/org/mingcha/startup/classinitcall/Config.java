package org.mingcha.startup.classinitcall;

import android.provider.Settings;
import android.util.Log;
import java.net.NetworkInterface;
import java.net.SocketException;

/** Settings, read when the class is initialised. */
class Config {
    static String value = read();

    static void touch() {
        Log.i("sample", "touched");
    }

    private static String read() {
        try {
            return "" + NetworkInterface.getByName("wlan0").getHardwareAddress();
        } catch (SocketException e) {
            return "";
        }
    }
}
