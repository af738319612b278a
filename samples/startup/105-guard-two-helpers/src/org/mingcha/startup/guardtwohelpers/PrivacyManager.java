package org.mingcha.startup.guardtwohelpers;

import android.content.Context;

/** Knows whether the user agreed. */
public final class PrivacyManager {
    private PrivacyManager() {
    }

    public static boolean isAgreed(Context context) {
        return Store.get(context, "privacy_agreed");
    }

    public static void agree(Context context) {
        Store.put(context, "privacy_agreed", true);
    }
}
