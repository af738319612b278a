package kotlin.jvm.functions;

/** Stand-in of our own under the library's name; no code of the library. */
public interface Function2<A, B, R> {
    R invoke(A first, B second);
}
