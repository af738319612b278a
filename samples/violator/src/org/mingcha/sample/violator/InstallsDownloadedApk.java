package org.mingcha.sample.violator;

import android.content.Context;
import android.content.Intent;
import android.net.Uri;

/** Starts the installation of a file that it fetched. */
final class InstallsDownloadedApk {
    private InstallsDownloadedApk() {
    }

    static void install(Context context) {
        context.startActivity(new Intent(Intent.ACTION_VIEW).setDataAndType(
                Uri.parse("file:///sdcard/update.apk"), "application/vnd.android.package-archive"));
    }
}
