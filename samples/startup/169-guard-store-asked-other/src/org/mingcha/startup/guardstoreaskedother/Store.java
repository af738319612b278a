package org.mingcha.startup.guardstoreaskedother;

import android.content.Context;

/** Stored flags. */
final class Store {
    private Store() {
    }

    static boolean get(Context context, String key) {
        return context.getSharedPreferences("app", Context.MODE_PRIVATE).getBoolean(key, false);
    }

    static void put(Context context, String key, boolean value) {
        context.getSharedPreferences("app", Context.MODE_PRIVATE).edit().putBoolean(key, value).apply();
    }
}
