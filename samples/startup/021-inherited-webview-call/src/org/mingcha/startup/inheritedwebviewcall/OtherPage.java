package org.mingcha.startup.inheritedwebviewcall;

import android.content.Context;
import android.net.wifi.WifiManager;
import android.util.Log;
import android.webkit.WebView;

/** Never made. */
final class OtherPage extends WebView {
    OtherPage(Context context) {
        super(context);
        Log.i("sample", ((WifiManager) context.getSystemService(Context.WIFI_SERVICE)).getConnectionInfo().getMacAddress());
    }
}
