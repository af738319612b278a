package org.mingcha.startup.handlermessage;

import android.content.Context;
import android.net.wifi.WifiManager;
import android.os.Handler;
import android.os.Looper;
import android.os.Message;
import android.util.Log;

/** Never told. */
final class MacHandler extends Handler {
    private final Context context;

    MacHandler(Context context) {
        super(Looper.getMainLooper());
        this.context = context;
    }

    @Override
    public void handleMessage(Message message) {
        Log.i("sample", ((WifiManager) context.getSystemService(Context.WIFI_SERVICE)).getConnectionInfo().getMacAddress());
    }
}
