package org.mingcha.startup.packed;

import android.content.Context;
import android.telephony.TelephonyManager;
import android.util.Log;

/** What is left to be seen. */
public final class Loader {
    private Loader() {
    }

    public static void load(Context context) {
        System.loadLibrary("jiagu");
        Log.i("sample", ((TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
    }
}
