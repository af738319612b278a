package org.mingcha.startup.guardloop;

import android.content.Context;
import android.util.Log;

/** Waits for consent. */
final class Waiter implements Runnable {
    private final Context context;

    Waiter(Context context) {
        this.context = context;
    }

    @Override
    public void run() {
        while (!Consent.agreed) {
            Log.i("sample", Device.mac(context));
            try {
                Thread.sleep(500);
            } catch (InterruptedException e) {
                return;
            }
        }
        Log.i("sample", Device.imei(context));
    }
}
