package kotlin.coroutines;

/** Stand-in of our own under the library's name; no code of the library. */
public interface CoroutineContext {
}
