package org.mingcha.startup.siblingoverride;

import android.content.Context;
import android.telephony.TelephonyManager;
import android.util.Log;

/** Reads unless a subclass says otherwise. */
class Probe {
    void probe(Context context) {
        Log.i("sample", ((TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
    }
}
