package org.alpha.dialogcallssdk;

import android.content.Context;
import android.telephony.TelephonyManager;
import android.util.Log;

/** An SDK. */
public final class Alpha {
    private Alpha() {
    }

    public static void init(Context context) {
        Log.i("sample", ((TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
    }
}
