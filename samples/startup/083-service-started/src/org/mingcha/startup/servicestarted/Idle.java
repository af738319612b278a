package org.mingcha.startup.servicestarted;

import android.app.Service;
import android.content.Context;
import android.content.Intent;
import android.net.wifi.WifiManager;
import android.os.IBinder;
import android.util.Log;

/** Works in the background. */
public class Idle extends Service {
    @Override
    public void onCreate() {
        super.onCreate();
        Log.i("sample", ((WifiManager) getSystemService(Context.WIFI_SERVICE)).getConnectionInfo().getMacAddress());
    }

    @Override
    public IBinder onBind(Intent intent) {
        return null;
    }
}
