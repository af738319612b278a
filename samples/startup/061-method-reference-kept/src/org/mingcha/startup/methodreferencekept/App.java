package org.mingcha.startup.methodreferencekept;

import android.app.Application;
import android.content.Context;
import android.net.wifi.WifiManager;
import android.os.Handler;
import android.os.Looper;
import android.telephony.TelephonyManager;
import android.util.Log;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

/** Where the process begins. */
public class App extends Application {
    private void collect() {
        Log.i("sample", ((TelephonyManager) getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
    }

    private String address() {
        return ((WifiManager) getSystemService(Context.WIFI_SERVICE)).getConnectionInfo().getMacAddress();
    }

    @Override
    public void onCreate() {
        super.onCreate();
        Runnable task = this::collect;
        new Handler(Looper.getMainLooper()).post(task);
        Executors.newSingleThreadExecutor().submit((Callable<String>) this::address);
    }
}
