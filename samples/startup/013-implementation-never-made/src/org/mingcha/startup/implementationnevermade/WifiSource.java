package org.mingcha.startup.implementationnevermade;

import android.content.Context;
import android.net.wifi.WifiManager;

/** Reads by mac. */
final class WifiSource implements Source {
    @Override
    public String read(Context context) {
        return ((WifiManager) context.getSystemService(Context.WIFI_SERVICE)).getConnectionInfo().getMacAddress();
    }
}
