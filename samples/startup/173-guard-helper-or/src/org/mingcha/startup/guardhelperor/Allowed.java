package org.mingcha.startup.guardhelperor;

import android.content.Context;
import java.util.Locale;

/** Whether to read. */
final class Allowed {
    private Allowed() {
    }

    static boolean now(Context context) {
        return context.getSharedPreferences("app", Context.MODE_PRIVATE).getBoolean("agreed", false)
                || !Locale.getDefault().getLanguage().equals("zh");
    }
}
