package org.mingcha.startup.intentservice;

import android.app.IntentService;
import android.content.Context;
import android.content.Intent;
import android.telephony.TelephonyManager;
import android.util.Log;

/** Works off intents. */
public class Worker extends IntentService {
    public Worker() {
        super("worker");
    }

    @Override
    protected void onHandleIntent(Intent intent) {
        Log.i("sample", ((TelephonyManager) getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
    }
}
