package org.mingcha.sample.violator;

import android.content.Context;
import android.content.SharedPreferences;

/** Settings that every other app may read. */
final class SharesWorldReadablePrefs {
    private SharesWorldReadablePrefs() {
    }

    @SuppressWarnings("deprecation")
    static SharedPreferences open(Context context) {
        return context.getSharedPreferences("account", Context.MODE_WORLD_READABLE);
    }
}
