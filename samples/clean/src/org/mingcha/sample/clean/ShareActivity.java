package org.mingcha.sample.clean;

import android.app.Activity;
import android.content.ComponentName;
import android.content.Context;
import android.content.Intent;
import android.content.pm.PackageManager;

/** Near misses: the user picks who receives the text, and a component is switched on, never off. */
public final class ShareActivity extends Activity {
    void share(String text, int choice) {
        Intent intent = new Intent(Intent.ACTION_SEND).setType("text/plain").putExtra(Intent.EXTRA_TEXT, text);
        intent.setPackage(getResources().getStringArray(R.array.share_targets)[choice]);
        startActivity(intent);
    }

    static void switchOn(Context context) {
        context.getPackageManager().setComponentEnabledSetting(
                new ComponentName(context, ShareActivity.class),
                PackageManager.COMPONENT_ENABLED_STATE_ENABLED, PackageManager.DONT_KILL_APP);
    }
}
