package kotlin.coroutines.jvm.internal;

import kotlin.coroutines.Continuation;
import kotlin.coroutines.CoroutineContext;
import kotlin.coroutines.EmptyCoroutineContext;

/** Stand-in of our own under the library's name; no code of the library. */
public abstract class SuspendLambda extends BaseContinuationImpl {
    private final int arity;

    public SuspendLambda(int arity, Continuation<Object> completion) {
        super(completion);
        this.arity = arity;
    }

    public int getArity() {
        return arity;
    }

    @Override
    public CoroutineContext getContext() {
        return EmptyCoroutineContext.INSTANCE;
    }
}
