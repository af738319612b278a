package io.reactivex.internal;

import io.reactivex.Observer;
import io.reactivex.functions.Consumer;

/** Stand-in of our own under the library's name; no code of the library. */
public final class LambdaObserver<T> implements Observer<T> {
    private final Consumer<? super T> onNext;

    public LambdaObserver(Consumer<? super T> onNext) {
        this.onNext = onNext;
    }

    @Override
    public void onNext(T value) {
        try {
            onNext.accept(value);
        } catch (Exception e) {
            onError(e);
        }
    }

    @Override
    public void onError(Throwable error) {
        throw new IllegalStateException(error);
    }
}
