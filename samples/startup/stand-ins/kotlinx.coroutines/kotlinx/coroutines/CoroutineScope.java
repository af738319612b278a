package kotlinx.coroutines;

import kotlin.coroutines.CoroutineContext;

/** Stand-in of our own under the library's name; no code of the library. */
public interface CoroutineScope {
    CoroutineContext getCoroutineContext();
}
