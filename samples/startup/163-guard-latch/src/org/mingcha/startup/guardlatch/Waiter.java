package org.mingcha.startup.guardlatch;

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
        try {
            Consent.OPEN.await();
        } catch (InterruptedException e) {
            return;
        }
        Log.i("sample", Device.imei(context));
    }
}
