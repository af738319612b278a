package org.mingcha.sample.violator;

import android.app.admin.DeviceAdminReceiver;
import android.app.admin.DevicePolicyManager;
import android.content.ComponentName;
import android.content.Context;
import android.content.Intent;

/** Makes itself hard to remove. */
public final class WantsDeviceAdmin extends DeviceAdminReceiver {
    static Intent request(Context context) {
        return new Intent(DevicePolicyManager.ACTION_ADD_DEVICE_ADMIN)
                .putExtra(DevicePolicyManager.EXTRA_DEVICE_ADMIN, new ComponentName(context, WantsDeviceAdmin.class));
    }

    static void lock(Context context) {
        ((DevicePolicyManager) context.getSystemService(Context.DEVICE_POLICY_SERVICE)).lockNow();
    }
}
