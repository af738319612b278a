package org.alpha.guardparameter;

import android.content.Context;
import android.provider.Settings;
import android.telephony.TelephonyManager;
import android.util.Log;

/** An SDK that wants to be told. */
public final class Alpha {
    private Alpha() {
    }

    public static void init(Context context, boolean agreed) {
        Log.i("sample", Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID));
        if (agreed) {
            Log.i("sample", ((TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
        }
    }
}
