package org.mingcha.startup.guardtwohelpers;

import android.content.Context;
import android.content.SharedPreferences;

/** Stored flags. */
final class Store {
    private Store() {
    }

    static boolean get(Context context, String key) {
        return preferences(context).getBoolean(key, false);
    }

    static void put(Context context, String key, boolean value) {
        preferences(context).edit().putBoolean(key, value).apply();
    }

    private static SharedPreferences preferences(Context context) {
        return context.getSharedPreferences("app", Context.MODE_PRIVATE);
    }
}
