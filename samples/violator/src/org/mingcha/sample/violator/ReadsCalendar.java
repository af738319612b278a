package org.mingcha.sample.violator;

import android.content.Context;
import android.database.Cursor;
import android.provider.CalendarContract;

/** Reads the calendar. */
final class ReadsCalendar {
    private ReadsCalendar() {
    }

    static Cursor all(Context context) {
        return context.getContentResolver().query(CalendarContract.Events.CONTENT_URI, null, null, null, null);
    }
}
