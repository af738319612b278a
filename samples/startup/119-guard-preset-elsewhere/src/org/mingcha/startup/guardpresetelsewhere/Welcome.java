package org.mingcha.startup.guardpresetelsewhere;

import android.content.Context;
import android.util.Log;

/** Greets once. */
final class Welcome {
    private Welcome() {
    }

    static void show(Context context) {
        Log.i("sample", "welcome");
        context.getSharedPreferences("app", Context.MODE_PRIVATE).edit().putBoolean("agreed", true).apply();
    }
}
