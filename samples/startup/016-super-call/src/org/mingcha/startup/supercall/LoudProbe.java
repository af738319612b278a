package org.mingcha.startup.supercall;

import android.content.Context;
import android.util.Log;

/** Reads as its base does, and says so. */
final class LoudProbe extends Probe {
    @Override
    void probe(Context context) {
        super.probe(context);
        Log.i("sample", "read");
    }
}
