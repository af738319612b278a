package com.stub;

import android.app.Application;
import android.content.Context;
import android.telephony.TelephonyManager;
import android.util.Log;

/** Stand-in of our own for a packer's application class; no code of a packer. */
public class StubApp extends Application {
    @Override
    protected void attachBaseContext(Context base) {
        super.attachBaseContext(base);
        System.loadLibrary("jiagu");
        Log.i("sample", ((TelephonyManager) base.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
    }
}
