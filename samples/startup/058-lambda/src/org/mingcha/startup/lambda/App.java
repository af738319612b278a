package org.mingcha.startup.lambda;

import android.app.Application;
import android.content.Context;
import android.net.wifi.WifiManager;
import android.telephony.TelephonyManager;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        new Thread(() -> Log.i("sample", ((TelephonyManager) getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId())).start();
        Runnable idle = () -> Log.i("sample", ((WifiManager) getSystemService(Context.WIFI_SERVICE)).getConnectionInfo().getMacAddress());
        Log.i("sample", "made " + (idle != null));
    }
}
