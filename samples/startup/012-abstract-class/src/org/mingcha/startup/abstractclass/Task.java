package org.mingcha.startup.abstractclass;

import android.content.Context;

/** A step of start-up. */
abstract class Task {
    final Context context;

    Task(Context context) {
        this.context = context;
    }

    final void start() {
        work();
    }

    abstract void work();
}
