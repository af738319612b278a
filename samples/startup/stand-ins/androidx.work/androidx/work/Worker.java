package androidx.work;

import android.content.Context;

/** Stand-in of our own under the library's name; no code of the library. */
public abstract class Worker extends ListenableWorker {
    public Worker(Context context, WorkerParameters parameters) {
        super(context, parameters);
    }

    public abstract boolean doWork();

    @Override
    public final void startWork() {
        doWork();
    }
}
