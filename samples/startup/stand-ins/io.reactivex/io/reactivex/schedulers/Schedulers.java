package io.reactivex.schedulers;

import io.reactivex.Scheduler;

/** Stand-in of our own under the library's name; no code of the library. */
public final class Schedulers {
    private static final Scheduler IO = new ExecutorScheduler();

    private Schedulers() {
    }

    public static Scheduler io() {
        return IO;
    }
}
