package org.mingcha.sample.violator;

import android.content.ComponentName;
import android.content.Context;
import android.content.pm.PackageManager;

/** Takes its entry off the launcher, so that users cannot find it. */
final class HidesLauncherIcon {
    private HidesLauncherIcon() {
    }

    static void hide(Context context) {
        context.getPackageManager().setComponentEnabledSetting(
                new ComponentName(context, MainActivity.class),
                PackageManager.COMPONENT_ENABLED_STATE_DISABLED, PackageManager.DONT_KILL_APP);
    }
}
