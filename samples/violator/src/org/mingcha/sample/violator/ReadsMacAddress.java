package org.mingcha.sample.violator;

import android.content.Context;
import android.net.wifi.WifiInfo;
import android.net.wifi.WifiManager;
import java.io.BufferedReader;
import java.io.FileReader;
import java.io.IOException;
import java.net.NetworkInterface;

/** Reads the hardware address in three ways. */
final class ReadsMacAddress {
    private ReadsMacAddress() {
    }

    static String fromWifi(Context context) {
        WifiInfo info = ((WifiManager) context.getSystemService(Context.WIFI_SERVICE)).getConnectionInfo();
        return info.getMacAddress() + info.getSSID() + info.getBSSID();
    }

    static byte[] fromInterface() throws IOException {
        return NetworkInterface.getByName("wlan0").getHardwareAddress();
    }

    static String fromFile() throws IOException {
        BufferedReader reader = new BufferedReader(new FileReader("/sys/class/net/wlan0/address"));
        try {
            return reader.readLine();
        } finally {
            reader.close();
        }
    }
}
