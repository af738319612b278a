package androidx.work;

/** Stand-in of our own under the library's name; no code of the library. */
public final class OneTimeWorkRequest extends WorkRequest {
    OneTimeWorkRequest(String workerClassName) {
        super(workerClassName);
    }

    /** As the library's builder: keeps the worker's name alone. */
    public static final class Builder {
        private final String name;

        public Builder(Class<? extends ListenableWorker> worker) {
            name = worker.getName();
        }

        public OneTimeWorkRequest build() {
            return new OneTimeWorkRequest(name);
        }
    }
}
