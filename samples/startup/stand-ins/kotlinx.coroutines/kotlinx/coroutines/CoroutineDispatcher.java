package kotlinx.coroutines;

import kotlin.coroutines.CoroutineContext;

/** Stand-in of our own under the library's name; no code of the library. */
public abstract class CoroutineDispatcher implements CoroutineContext {
    public abstract void dispatch(CoroutineContext context, Runnable block);
}
