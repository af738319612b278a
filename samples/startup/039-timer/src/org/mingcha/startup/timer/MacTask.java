package org.mingcha.startup.timer;

import android.content.Context;
import android.net.wifi.WifiManager;
import android.util.Log;
import java.util.TimerTask;

/** Reads when its time comes. */
final class MacTask extends TimerTask {
    private final Context context;

    MacTask(Context context) {
        this.context = context;
    }

    @Override
    public void run() {
        Log.i("sample", ((WifiManager) context.getSystemService(Context.WIFI_SERVICE)).getConnectionInfo().getMacAddress());
    }
}
