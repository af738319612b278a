package io.reactivex.functions;

/** Stand-in of our own under the library's name; no code of the library. */
public interface Consumer<T> {
    void accept(T value) throws Exception;
}
