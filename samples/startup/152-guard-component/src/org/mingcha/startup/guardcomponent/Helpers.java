package org.mingcha.startup.guardcomponent;

import android.content.Context;
import android.content.Intent;

/** Starts what may always run. */
final class Helpers {
    private Helpers() {
    }

    static void start(Context context) {
        context.startService(new Intent(context, Helper.class));
    }
}
