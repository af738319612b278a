package org.mingcha.startup.rxtwo;

import android.util.Log;
import io.reactivex.functions.Consumer;

/** Prints. */
final class Printer implements Consumer<String> {
    @Override
    public void accept(String text) {
        Log.i("sample", text);
    }
}
