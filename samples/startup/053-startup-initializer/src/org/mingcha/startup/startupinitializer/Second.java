package org.mingcha.startup.startupinitializer;

import android.content.Context;
import android.net.wifi.WifiManager;
import android.util.Log;
import androidx.startup.Initializer;
import java.util.Collections;
import java.util.List;

/** A step of start-up that the library runs. */
public class Second implements Initializer<Object> {
    @Override
    public Object create(Context context) {
        Log.i("sample", ((WifiManager) context.getSystemService(Context.WIFI_SERVICE)).getConnectionInfo().getMacAddress());
        return this;
    }

    @Override
    public List<Class<? extends Initializer<?>>> dependencies() {
        return Collections.emptyList();
    }
}
