package org.mingcha.startup.executorown;

import java.util.concurrent.Executor;

/** Runs at once. */
final class DirectExecutor implements Executor {
    @Override
    public void execute(Runnable task) {
        task.run();
    }
}
