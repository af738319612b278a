package org.mingcha.startup.interfacefactory;

import android.content.Context;
import android.util.Log;

/** Asks the source in use. */
final class Reporter {
    private Reporter() {
    }

    static void report(Context context) {
        Log.i("sample", Sources.current().read(context));
    }
}
