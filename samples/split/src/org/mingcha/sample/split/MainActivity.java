package org.mingcha.sample.split;

import android.app.Activity;
import android.os.Bundle;

/** Loads the library that only the ABI split carries. */
public final class MainActivity extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        System.loadLibrary("sample");
    }
}
