package org.mingcha.startup.notificationtap;

import android.app.AlarmManager;
import android.app.PendingIntent;
import android.content.Context;
import android.content.Intent;

/** Sets the alarm. */
final class Alarms {
    private Alarms() {
    }

    static void set(Context context) {
        PendingIntent ring = PendingIntent.getBroadcast(context, 2, new Intent(context, Bell.class), 0);
        AlarmManager alarms = (AlarmManager) context.getSystemService(Context.ALARM_SERVICE);
        alarms.setRepeating(AlarmManager.RTC_WAKEUP, System.currentTimeMillis() + 60000, 3600000, ring);
    }
}
