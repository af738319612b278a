package androidx.work;

/** Stand-in of our own under the library's name; no code of the library. */
public final class WorkerParameters {
}
