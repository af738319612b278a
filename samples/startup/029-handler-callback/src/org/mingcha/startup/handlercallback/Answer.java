package org.mingcha.startup.handlercallback;

import android.content.Context;
import android.os.Handler;
import android.os.Message;
import android.telephony.TelephonyManager;
import android.util.Log;

/** Reads when told. */
final class Answer implements Handler.Callback {
    private final Context context;

    Answer(Context context) {
        this.context = context;
    }

    @Override
    public boolean handleMessage(Message message) {
        Log.i("sample", ((TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
        return true;
    }
}
