package androidx.work;

/** Stand-in of our own under the library's name; no code of the library. */
public abstract class WorkRequest {
    final String workerClassName;

    WorkRequest(String workerClassName) {
        this.workerClassName = workerClassName;
    }
}
