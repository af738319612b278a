package org.mingcha.startup.notificationtap;

import android.app.Application;
import android.app.Notification;
import android.app.NotificationManager;
import android.app.PendingIntent;
import android.content.Intent;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        PendingIntent tap = PendingIntent.getActivity(this, 1, new Intent(this, Detail.class), 0);
        Notification note = new Notification.Builder(this).setContentTitle("sample").setContentIntent(tap).build();
        ((NotificationManager) getSystemService(NOTIFICATION_SERVICE)).notify(1, note);
        Alarms.set(this);
    }
}
