package org.mingcha.startup.threadfield;

import android.content.Context;

/** Keeps a thread until it is wanted. */
final class Starter {
    private final Thread thread;

    Starter(Context context) {
        thread = new Thread(new ImeiReader(context));
    }

    void go() {
        thread.start();
    }
}
