package org.mingcha.startup.guardhelpernegatedwrong;

import android.content.Context;

/** Whether consent is awaited. */
final class Waiting {
    private Waiting() {
    }

    static boolean isOn(Context context) {
        return !context.getSharedPreferences("app", Context.MODE_PRIVATE).getBoolean("agreed", false);
    }
}
