package androidx.work;

import android.content.Context;

/** Stand-in of our own under the library's name; no code of the library. */
final class WorkerWrapper implements Runnable {
    private final Context context;
    private final String name;

    WorkerWrapper(Context context, String name) {
        this.context = context;
        this.name = name;
    }

    @Override
    public void run() {
        try {
            Class<?> type = Class.forName(name);
            Object worker = type.getDeclaredConstructor(Context.class, WorkerParameters.class)
                    .newInstance(context, new WorkerParameters());
            ((ListenableWorker) worker).startWork();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
