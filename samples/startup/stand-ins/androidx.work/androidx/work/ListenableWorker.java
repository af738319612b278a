package androidx.work;

import android.content.Context;

/** Stand-in of our own under the library's name; no code of the library. */
public abstract class ListenableWorker {
    private final Context context;

    public ListenableWorker(Context context, WorkerParameters parameters) {
        this.context = context;
    }

    public final Context getApplicationContext() {
        return context;
    }

    public abstract void startWork();
}
