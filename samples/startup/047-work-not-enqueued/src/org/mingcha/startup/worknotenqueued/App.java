package org.mingcha.startup.worknotenqueued;

import android.app.Application;
import android.util.Log;
import androidx.work.OneTimeWorkRequest;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        OneTimeWorkRequest request = new OneTimeWorkRequest.Builder(ImeiWorker.class).build();
        Log.i("sample", "built " + (request != null));
    }
}
