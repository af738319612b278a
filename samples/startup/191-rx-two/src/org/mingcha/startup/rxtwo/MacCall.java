package org.mingcha.startup.rxtwo;

import android.content.Context;
import android.net.wifi.WifiManager;
import java.util.concurrent.Callable;

/** Reads when it is called. */
final class MacCall implements Callable<String> {
    private final Context context;

    MacCall(Context context) {
        this.context = context;
    }

    @Override
    public String call() {
        return ((WifiManager) context.getSystemService(Context.WIFI_SERVICE)).getConnectionInfo().getMacAddress();
    }
}
