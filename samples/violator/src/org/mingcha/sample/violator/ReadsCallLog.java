package org.mingcha.sample.violator;

import android.content.Context;
import android.database.Cursor;
import android.provider.CallLog;

/** Reads the call log. */
final class ReadsCallLog {
    private ReadsCallLog() {
    }

    static Cursor all(Context context) {
        return context.getContentResolver().query(CallLog.Calls.CONTENT_URI, null, null, null, null);
    }
}
