package org.mingcha.sample.violator;

import android.app.usage.UsageStatsManager;
import android.content.Context;

/** Watches which apps are used, and when. */
final class WatchesUsage {
    private WatchesUsage() {
    }

    static boolean any(Context context) {
        UsageStatsManager manager = (UsageStatsManager) context.getSystemService("usagestats");
        return manager.queryEvents(0, Long.MAX_VALUE).hasNextEvent();
    }
}
