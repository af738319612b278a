package org.mingcha.startup.launcherdisabled;

import android.app.Activity;
import android.content.Context;
import android.net.wifi.WifiManager;
import android.os.Bundle;
import android.util.Log;

/** Switched off. */
public class Old extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Log.i("sample", ((WifiManager) getSystemService(Context.WIFI_SERVICE)).getConnectionInfo().getMacAddress());
    }
}
