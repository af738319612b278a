package cn.jpush.android;

import android.content.Context;
import android.telephony.TelephonyManager;

/**
 * A stand-in of ours, no code of any vendor: it only puts a class under a known package prefix, to test
 * that a call is attributed to the SDK which owns the prefix. It says nothing about the real SDK.
 */
public final class MingchaSampleStub {
    private MingchaSampleStub() {
    }

    public static String read(Context context) {
        return ((TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId();
    }
}
