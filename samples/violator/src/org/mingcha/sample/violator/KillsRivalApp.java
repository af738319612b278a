package org.mingcha.sample.violator;

import android.app.ActivityManager;
import android.content.Context;

/** Ends the processes of another company's app, named by a constant. */
final class KillsRivalApp {
    private KillsRivalApp() {
    }

    static void kill(Context context) {
        ActivityManager manager = (ActivityManager) context.getSystemService(Context.ACTIVITY_SERVICE);
        manager.killBackgroundProcesses("com.tencent.mm");
    }
}
