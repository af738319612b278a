package androidx.work;

import android.content.Context;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/** Stand-in of our own under the library's name; no code of the library. */
public final class WorkManager {
    private final Context context;
    private final Executor executor = Executors.newFixedThreadPool(2);

    private WorkManager(Context context) {
        this.context = context;
    }

    public static WorkManager getInstance(Context context) {
        return new WorkManager(context);
    }

    public void enqueue(WorkRequest request) {
        executor.execute(new WorkerWrapper(context, request.workerClassName));
    }
}
