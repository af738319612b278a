package kotlin.coroutines.jvm.internal;

import kotlin.coroutines.Continuation;

/** Stand-in of our own under the library's name; no code of the library. */
public abstract class BaseContinuationImpl implements Continuation<Object> {
    private final Continuation<Object> completion;

    public BaseContinuationImpl(Continuation<Object> completion) {
        this.completion = completion;
    }

    @Override
    public final void resumeWith(Object result) {
        Object outcome = invokeSuspend(result);
        if (completion != null) {
            completion.resumeWith(outcome);
        }
    }

    protected abstract Object invokeSuspend(Object result);

    public Continuation<Object> create(Object value, Continuation<?> completion) {
        throw new UnsupportedOperationException();
    }
}
