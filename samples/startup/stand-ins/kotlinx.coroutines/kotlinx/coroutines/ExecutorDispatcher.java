package kotlinx.coroutines;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import kotlin.coroutines.CoroutineContext;

/** Stand-in of our own under the library's name; no code of the library. */
final class ExecutorDispatcher extends CoroutineDispatcher {
    private final Executor executor = Executors.newFixedThreadPool(2);

    @Override
    public void dispatch(CoroutineContext context, Runnable block) {
        executor.execute(block);
    }
}
