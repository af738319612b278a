package org.mingcha.startup.notificationtap;

import android.app.Activity;
import android.content.Context;
import android.net.wifi.WifiManager;
import android.os.Bundle;
import android.util.Log;

/** Another screen. */
public class Detail extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Log.i("sample", ((WifiManager) getSystemService(Context.WIFI_SERVICE)).getConnectionInfo().getMacAddress());
    }
}
