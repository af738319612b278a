package org.mingcha.startup.rxtwo;

import android.content.Context;
import android.telephony.TelephonyManager;
import java.util.concurrent.Callable;

/** Reads when it is called. */
final class ImeiCall implements Callable<String> {
    private final Context context;

    ImeiCall(Context context) {
        this.context = context;
    }

    @Override
    public String call() {
        return ((TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId();
    }
}
