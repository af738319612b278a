package org.mingcha.sample.violator;

import android.service.notification.NotificationListenerService;
import android.service.notification.StatusBarNotification;

/** Reads the notifications of other apps. */
public final class ReadsNotifications extends NotificationListenerService {
    @Override
    public void onNotificationPosted(StatusBarNotification posted) {
        if ("com.tencent.mm".equals(posted.getPackageName())) {
            cancelNotification(posted.getKey());
        }
    }

    @Override
    public void onNotificationRemoved(StatusBarNotification removed) {
    }
}
