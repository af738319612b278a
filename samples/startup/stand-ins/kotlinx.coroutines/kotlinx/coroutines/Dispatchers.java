package kotlinx.coroutines;

/** Stand-in of our own under the library's name; no code of the library. */
public final class Dispatchers {
    private static final CoroutineDispatcher IO = new ExecutorDispatcher();
    private static final CoroutineDispatcher MAIN = new HandlerDispatcher();

    private Dispatchers() {
    }

    public static CoroutineDispatcher getIO() {
        return IO;
    }

    public static CoroutineDispatcher getMain() {
        return MAIN;
    }
}
