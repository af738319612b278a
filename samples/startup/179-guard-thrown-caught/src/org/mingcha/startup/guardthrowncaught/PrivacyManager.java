package org.mingcha.startup.guardthrowncaught;

import android.content.Context;

/** Insists on consent. */
final class PrivacyManager {
    private PrivacyManager() {
    }

    static void require(Context context) {
        if (!context.getSharedPreferences("app", Context.MODE_PRIVATE).getBoolean("agreed", false)) {
            throw new IllegalStateException("no consent");
        }
    }
}
