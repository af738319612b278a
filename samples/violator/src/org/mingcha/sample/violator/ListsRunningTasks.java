package org.mingcha.sample.violator;

import android.app.ActivityManager;
import android.content.Context;

/** Looks at what else is running. */
final class ListsRunningTasks {
    private ListsRunningTasks() {
    }

    static int count(Context context) {
        ActivityManager manager = (ActivityManager) context.getSystemService(Context.ACTIVITY_SERVICE);
        return manager.getRunningTasks(10).size() + manager.getRunningAppProcesses().size();
    }
}
