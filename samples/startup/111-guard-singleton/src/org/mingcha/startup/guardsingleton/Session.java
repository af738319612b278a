package org.mingcha.startup.guardsingleton;

import android.content.Context;
import android.util.Log;

/** What is known of this run. */
final class Session {
    private static final Session INSTANCE = new Session();

    private boolean agreed;

    private Session() {
    }

    static Session get() {
        return INSTANCE;
    }

    void init(Context context) {
        Log.i("sample", "begins");
    }

    void agree() {
        agreed = true;
    }

    void report(Context context) {
        if (agreed) {
            Log.i("sample", Device.imei(context));
        }
    }
}
