package org.mingcha.sample.violator;

import android.content.ClipData;
import android.content.ClipboardManager;
import android.content.Context;
import android.telephony.TelephonyManager;

/** Puts the line's number on the clipboard, where every app may read it. */
final class CopiesPhoneNumber {
    private CopiesPhoneNumber() {
    }

    static void copy(Context context) {
        TelephonyManager phone = (TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE);
        ClipboardManager clipboard = (ClipboardManager) context.getSystemService(Context.CLIPBOARD_SERVICE);
        clipboard.setPrimaryClip(ClipData.newPlainText("number", phone.getLine1Number()));
    }
}
