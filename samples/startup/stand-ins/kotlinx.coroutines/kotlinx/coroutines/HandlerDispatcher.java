package kotlinx.coroutines;

import android.os.Handler;
import android.os.Looper;
import kotlin.coroutines.CoroutineContext;

/** Stand-in of our own under the library's name; no code of the library. */
final class HandlerDispatcher extends CoroutineDispatcher {
    private final Handler handler = new Handler(Looper.getMainLooper());

    @Override
    public void dispatch(CoroutineContext context, Runnable block) {
        handler.post(block);
    }
}
