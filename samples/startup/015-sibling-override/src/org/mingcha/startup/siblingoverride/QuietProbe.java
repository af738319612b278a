package org.mingcha.startup.siblingoverride;

import android.content.Context;
import android.util.Log;

/** Says otherwise. */
final class QuietProbe extends Probe {
    @Override
    void probe(Context context) {
        Log.i("sample", "nothing read");
    }
}
