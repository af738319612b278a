package io.reactivex.internal;

import io.reactivex.Observable;
import io.reactivex.Observer;
import java.util.concurrent.Callable;

/** Stand-in of our own under the library's name; no code of the library. */
public final class ObservableFromCallable<T> extends Observable<T> {
    private final Callable<? extends T> supplier;

    public ObservableFromCallable(Callable<? extends T> supplier) {
        this.supplier = supplier;
    }

    @Override
    protected void subscribeActual(Observer<? super T> observer) {
        try {
            observer.onNext(supplier.call());
        } catch (Exception e) {
            observer.onError(e);
        }
    }
}
