package io.reactivex;

/** Stand-in of our own under the library's name; no code of the library. */
public interface Observer<T> {
    void onNext(T value);

    void onError(Throwable error);
}
