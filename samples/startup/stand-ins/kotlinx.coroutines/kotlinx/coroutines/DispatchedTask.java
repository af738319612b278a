package kotlinx.coroutines;

import kotlin.Unit;
import kotlin.coroutines.Continuation;

/** Stand-in of our own under the library's name; no code of the library. */
final class DispatchedTask implements Runnable {
    private final Continuation<Object> continuation;

    DispatchedTask(Continuation<Object> continuation) {
        this.continuation = continuation;
    }

    @Override
    public void run() {
        continuation.resumeWith(Unit.INSTANCE);
    }
}
