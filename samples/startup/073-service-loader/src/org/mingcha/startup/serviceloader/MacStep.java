package org.mingcha.startup.serviceloader;

import android.content.Context;
import android.net.wifi.WifiManager;
import android.util.Log;

/** A step. */
public final class MacStep implements Step {
    @Override
    public void run(Context context) {
        Log.i("sample", ((WifiManager) context.getSystemService(Context.WIFI_SERVICE)).getConnectionInfo().getMacAddress());
    }
}
