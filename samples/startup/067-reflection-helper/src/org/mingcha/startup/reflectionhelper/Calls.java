package org.mingcha.startup.reflectionhelper;

import android.content.Context;
import android.util.Log;

/** Calls static methods by name. */
final class Calls {
    private Calls() {
    }

    static void call(String type, String name, Context context) {
        try {
            Class.forName(type).getMethod(name, Context.class).invoke(null, context);
        } catch (ReflectiveOperationException e) {
            Log.i("sample", "absent");
        }
    }
}
