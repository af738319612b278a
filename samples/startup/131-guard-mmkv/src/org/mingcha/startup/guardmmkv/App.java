package org.mingcha.startup.guardmmkv;

import android.app.Application;
import android.util.Log;
import com.tencent.mmkv.MMKV;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        MMKV.initialize(this);
        if (MMKV.defaultMMKV().decodeBool("agreed", false)) {
            Log.i("sample", Device.imei(this));
        }
        Log.i("sample", Device.mac(this));
    }
}
