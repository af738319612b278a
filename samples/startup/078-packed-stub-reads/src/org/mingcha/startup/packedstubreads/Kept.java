package org.mingcha.startup.packedstubreads;

import android.content.Context;
import android.net.wifi.WifiManager;
import android.util.Log;

/** Left readable; only hidden code calls it, if any. */
public final class Kept {
    private Kept() {
    }

    public static void collect(Context context) {
        Log.i("sample", ((WifiManager) context.getSystemService(Context.WIFI_SERVICE)).getConnectionInfo().getMacAddress());
    }
}
