package org.mingcha.sample.violator;

import android.app.AlarmManager;
import android.app.PendingIntent;
import android.content.Context;
import android.content.Intent;

/** Wakes itself every minute. */
final class StartsItselfByAlarm {
    private StartsItselfByAlarm() {
    }

    static void schedule(Context context) {
        PendingIntent wake = PendingIntent.getService(context, 0, new Intent(context, ExportedCommandService.class), 0);
        ((AlarmManager) context.getSystemService(Context.ALARM_SERVICE))
                .setRepeating(AlarmManager.RTC_WAKEUP, 0, 60_000, wake);
    }
}
