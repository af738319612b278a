package io.reactivex;

/** Stand-in of our own under the library's name; no code of the library. */
public abstract class Scheduler {
    public abstract void scheduleDirect(Runnable task);
}
