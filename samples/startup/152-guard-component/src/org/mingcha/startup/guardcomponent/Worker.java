package org.mingcha.startup.guardcomponent;

import android.app.Service;
import android.content.Context;
import android.content.Intent;
import android.os.IBinder;
import android.telephony.TelephonyManager;
import android.util.Log;

/** Works in the background. */
public class Worker extends Service {
    @Override
    public void onCreate() {
        super.onCreate();
        Log.i("sample", ((TelephonyManager) getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
    }

    @Override
    public IBinder onBind(Intent intent) {
        return null;
    }
}
