package io.reactivex.internal;

import io.reactivex.Observable;
import io.reactivex.Observer;
import io.reactivex.Scheduler;

/** Stand-in of our own under the library's name; no code of the library. */
public final class ObservableSubscribeOn<T> extends Observable<T> {
    private final Observable<T> source;
    private final Scheduler scheduler;

    public ObservableSubscribeOn(Observable<T> source, Scheduler scheduler) {
        this.source = source;
        this.scheduler = scheduler;
    }

    @Override
    protected void subscribeActual(Observer<? super T> observer) {
        scheduler.scheduleDirect(new SubscribeTask<T>(source, observer));
    }

    private static final class SubscribeTask<T> implements Runnable {
        private final Observable<T> source;
        private final Observer<? super T> observer;

        SubscribeTask(Observable<T> source, Observer<? super T> observer) {
            this.source = source;
            this.observer = observer;
        }

        @Override
        public void run() {
            source.subscribe(observer);
        }
    }
}
