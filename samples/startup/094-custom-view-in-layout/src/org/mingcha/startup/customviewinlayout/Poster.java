package org.mingcha.startup.customviewinlayout;

import android.content.Context;
import android.net.wifi.WifiManager;
import android.util.AttributeSet;
import android.util.Log;
import android.view.View;

/** In no layout. */
public class Poster extends View {
    public Poster(Context context, AttributeSet attributes) {
        super(context, attributes);
        Log.i("sample", ((WifiManager) context.getSystemService(Context.WIFI_SERVICE)).getConnectionInfo().getMacAddress());
    }
}
