package org.mingcha.startup.guardhelperreset;

import android.content.Context;

/** Knows whether the user agreed. */
public final class PrivacyManager {
    private PrivacyManager() {
    }

    public static boolean isAgreed(Context context) {
        return context.getSharedPreferences("app", Context.MODE_PRIVATE).getBoolean("agreed", false);
    }

    public static void setAgreed(Context context, boolean agreed) {
        context.getSharedPreferences("app", Context.MODE_PRIVATE).edit().putBoolean("agreed", agreed).apply();
    }
}
