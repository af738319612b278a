package org.mingcha.startup.nativebetween;

import android.content.Context;
import android.telephony.TelephonyManager;

/** To native code and back. */
public final class Bridge {
    static {
        System.loadLibrary("sample");
    }

    private final Context context;

    Bridge(Context context) {
        this.context = context;
    }

    native void start();

    /** Called by native code alone. */
    public String onNative() {
        return ((TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId();
    }
}
