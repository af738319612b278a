package kotlin.coroutines;

/** Stand-in of our own under the library's name; no code of the library. */
public final class EmptyCoroutineContext implements CoroutineContext {
    public static final EmptyCoroutineContext INSTANCE = new EmptyCoroutineContext();

    private EmptyCoroutineContext() {
    }
}
