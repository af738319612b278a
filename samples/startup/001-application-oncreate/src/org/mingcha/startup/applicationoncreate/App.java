package org.mingcha.startup.applicationoncreate;

import android.app.Application;
import android.content.Context;
import android.net.wifi.WifiManager;
import android.telephony.TelephonyManager;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    private String never() {
        return ((WifiManager) getSystemService(Context.WIFI_SERVICE)).getConnectionInfo().getMacAddress();
    }

    @Override
    public void onCreate() {
        super.onCreate();
        String imei = ((TelephonyManager) getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId();
        Log.i("sample", "id " + imei);
    }
}
