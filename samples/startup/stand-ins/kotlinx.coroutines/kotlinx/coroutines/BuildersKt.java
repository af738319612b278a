package kotlinx.coroutines;

import kotlin.coroutines.Continuation;
import kotlin.coroutines.CoroutineContext;
import kotlin.coroutines.jvm.internal.BaseContinuationImpl;
import kotlin.jvm.functions.Function2;

/** Stand-in of our own under the library's name; no code of the library. */
public final class BuildersKt {
    private BuildersKt() {
    }

    public static void launch$default(CoroutineScope scope, CoroutineContext context, CoroutineStart start,
            Function2<? super CoroutineScope, ? super Continuation<Object>, ?> block, int mask, Object marker) {
        Continuation<Object> created = ((BaseContinuationImpl) block).create(scope, null);
        ((CoroutineDispatcher) context).dispatch(context, new DispatchedTask(created));
    }
}
