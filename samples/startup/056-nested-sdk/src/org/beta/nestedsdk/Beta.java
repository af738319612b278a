package org.beta.nestedsdk;

import android.content.Context;
import android.telephony.TelephonyManager;
import android.util.Log;

/** The SDK that the app has not heard of. */
public final class Beta {
    private Beta() {
    }

    public static void start(Context context) {
        new Worker(context).start();
    }

    private static final class Worker extends Thread {
        private final Context context;

        Worker(Context context) {
            this.context = context;
        }

        @Override
        public void run() {
            Log.i("sample", ((TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
        }
    }
}
