package org.mingcha.sample.violator;

import android.content.Context;

/** Reads an identifier past the eyes of simple scanners. */
final class ReadsImeiByReflection {
    private ReadsImeiByReflection() {
    }

    static Object read(Context context) throws ReflectiveOperationException {
        Object phone = context.getSystemService("phone");
        return Class.forName("android.telephony.TelephonyManager").getMethod("getImei").invoke(phone);
    }
}
