package org.alpha.guardsdkswitchpreset;

import android.content.Context;
import android.telephony.TelephonyManager;
import android.util.Log;

/** An SDK with a switch. */
public final class Alpha {
    private static boolean agree;

    private Alpha() {
    }

    public static void setAgree(boolean value) {
        agree = value;
    }

    public static void init(Context context) {
        if (agree) {
            Log.i("sample", ((TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
        }
    }
}
