package org.alpha.guardparametertwocallers;

import android.content.Context;
import android.telephony.TelephonyManager;
import android.util.Log;

/** An SDK that wants to be told. */
public final class Alpha {
    private Alpha() {
    }

    public static void init(Context context, boolean agreed) {
        if (agreed) {
            Log.i("sample", ((TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
        }
    }
}
