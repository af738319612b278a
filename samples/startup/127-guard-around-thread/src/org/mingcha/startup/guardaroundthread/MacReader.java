package org.mingcha.startup.guardaroundthread;

import android.content.Context;
import android.net.wifi.WifiManager;
import android.util.Log;

/** Reads when it is run. */
final class MacReader implements Runnable {
    private final Context context;

    MacReader(Context context) {
        this.context = context;
    }

    @Override
    public void run() {
        Log.i("sample", ((WifiManager) context.getSystemService(Context.WIFI_SERVICE)).getConnectionInfo().getMacAddress());
    }
}
