package org.mingcha.startup.workenqueued;

import android.app.Application;
import androidx.work.OneTimeWorkRequest;
import androidx.work.WorkManager;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        WorkManager.getInstance(this).enqueue(new OneTimeWorkRequest.Builder(ImeiWorker.class).build());
    }
}
