package io.reactivex.schedulers;

import io.reactivex.Scheduler;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/** Stand-in of our own under the library's name; no code of the library. */
final class ExecutorScheduler extends Scheduler {
    private final Executor executor = Executors.newCachedThreadPool();

    @Override
    public void scheduleDirect(Runnable task) {
        executor.execute(task);
    }
}
