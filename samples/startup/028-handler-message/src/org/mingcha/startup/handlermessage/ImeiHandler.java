package org.mingcha.startup.handlermessage;

import android.content.Context;
import android.os.Handler;
import android.os.Looper;
import android.os.Message;
import android.telephony.TelephonyManager;
import android.util.Log;

/** Reads when told. */
final class ImeiHandler extends Handler {
    private final Context context;

    ImeiHandler(Context context) {
        super(Looper.getMainLooper());
        this.context = context;
    }

    @Override
    public void handleMessage(Message message) {
        Log.i("sample", ((TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
    }
}
