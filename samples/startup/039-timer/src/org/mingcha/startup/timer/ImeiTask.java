package org.mingcha.startup.timer;

import android.content.Context;
import android.telephony.TelephonyManager;
import android.util.Log;
import java.util.TimerTask;

/** Reads when its time comes. */
final class ImeiTask extends TimerTask {
    private final Context context;

    ImeiTask(Context context) {
        this.context = context;
    }

    @Override
    public void run() {
        Log.i("sample", ((TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
    }
}
