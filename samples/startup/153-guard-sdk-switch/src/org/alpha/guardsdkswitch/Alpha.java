package org.alpha.guardsdkswitch;

import android.content.Context;
import android.provider.Settings;
import android.telephony.TelephonyManager;
import android.util.Log;

/** An SDK with a switch. */
public final class Alpha {
    private static boolean agree;

    private Alpha() {
    }

    public static void setAgree(boolean value) {
        agree = value;
    }

    public static void init(Context context) {
        Log.i("sample", Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID));
        if (agree) {
            new Thread(new Reader(context)).start();
        }
    }

    private static final class Reader implements Runnable {
        private final Context context;

        Reader(Context context) {
            this.context = context;
        }

        @Override
        public void run() {
            Log.i("sample", ((TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
        }
    }
}
