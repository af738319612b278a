package io.reactivex;

import io.reactivex.functions.Consumer;
import io.reactivex.internal.LambdaObserver;
import io.reactivex.internal.ObservableFromCallable;
import io.reactivex.internal.ObservableSubscribeOn;
import java.util.concurrent.Callable;

/** Stand-in of our own under the library's name; no code of the library. */
public abstract class Observable<T> {
    public static <T> Observable<T> fromCallable(Callable<? extends T> supplier) {
        return new ObservableFromCallable<T>(supplier);
    }

    public final Observable<T> subscribeOn(Scheduler scheduler) {
        return new ObservableSubscribeOn<T>(this, scheduler);
    }

    public final void subscribe(Consumer<? super T> onNext) {
        subscribeActual(new LambdaObserver<T>(onNext));
    }

    public final void subscribe(Observer<? super T> observer) {
        subscribeActual(observer);
    }

    protected abstract void subscribeActual(Observer<? super T> observer);
}
