package org.gamma.nestedsdk;

import android.content.Context;
import android.net.wifi.WifiManager;
import android.util.Log;

/** In the package, never called. */
public final class Gamma {
    private Gamma() {
    }

    public static void start(Context context) {
        Log.i("sample", ((WifiManager) context.getSystemService(Context.WIFI_SERVICE)).getConnectionInfo().getMacAddress());
    }
}
