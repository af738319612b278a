package org.mingcha.startup.guardhelpercached;

import android.content.Context;

/** Knows whether the user agreed. */
final class PrivacyManager {
    private static Boolean agreed;

    private PrivacyManager() {
    }

    static boolean isAgreed(Context context) {
        if (agreed == null) {
            agreed = context.getSharedPreferences("app", Context.MODE_PRIVATE).getBoolean("agreed", false);
        }
        return agreed;
    }

    static void agree(Context context) {
        agreed = true;
        context.getSharedPreferences("app", Context.MODE_PRIVATE).edit().putBoolean("agreed", true).apply();
    }
}
