package org.mingcha.startup.servicebound;

import android.app.Service;
import android.content.Context;
import android.content.Intent;
import android.os.IBinder;
import android.telephony.TelephonyManager;
import android.util.Log;

/** Reads when it is bound. */
public class Worker extends Service {
    @Override
    public IBinder onBind(Intent intent) {
        Log.i("sample", ((TelephonyManager) getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
        return null;
    }
}
