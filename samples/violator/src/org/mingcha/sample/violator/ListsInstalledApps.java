package org.mingcha.sample.violator;

import android.content.Context;
import android.content.Intent;
import android.content.pm.PackageManager;

/** Takes the list of installed apps, whole and by launcher entry. */
final class ListsInstalledApps {
    private ListsInstalledApps() {
    }

    static int all(Context context) {
        return context.getPackageManager().getInstalledPackages(PackageManager.GET_PERMISSIONS).size();
    }

    static int byLauncher(Context context) {
        Intent launcher = new Intent(Intent.ACTION_MAIN).addCategory(Intent.CATEGORY_LAUNCHER);
        return context.getPackageManager().queryIntentActivities(launcher, 0).size();
    }
}
