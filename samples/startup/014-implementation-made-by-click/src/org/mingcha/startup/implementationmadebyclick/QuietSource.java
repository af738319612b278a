package org.mingcha.startup.implementationmadebyclick;

import android.content.Context;

/** Reads nothing. */
final class QuietSource implements Source {
    @Override
    public String read(Context context) {
        return "";
    }
}
