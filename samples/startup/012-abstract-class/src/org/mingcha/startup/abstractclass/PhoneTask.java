package org.mingcha.startup.abstractclass;

import android.content.Context;
import android.telephony.TelephonyManager;
import android.util.Log;

/** Reads the identifier. */
final class PhoneTask extends Task {
    PhoneTask(Context context) {
        super(context);
    }

    @Override
    void work() {
        Log.i("sample", ((TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
    }
}
