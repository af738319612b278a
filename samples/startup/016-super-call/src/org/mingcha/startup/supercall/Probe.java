package org.mingcha.startup.supercall;

import android.content.Context;
import android.telephony.TelephonyManager;
import android.util.Log;

/** Reads. */
class Probe {
    void probe(Context context) {
        Log.i("sample", ((TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
    }
}
