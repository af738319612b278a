package org.alpha.guardcontrollermixed;

import android.content.Context;
import android.provider.Settings;
import android.telephony.TelephonyManager;
import android.util.Log;

/** An SDK that asks the app's controller. */
public final class Alpha {
    private Alpha() {
    }

    public static void init(Context context, Controller controller) {
        Log.i("sample", Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID));
        if (controller.canUsePhoneState()) {
            Log.i("sample", ((TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
        }
    }
}
