package org.mingcha.startup.jobscheduled;

import android.app.Application;
import android.app.job.JobInfo;
import android.app.job.JobScheduler;
import android.content.ComponentName;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        JobInfo job = new JobInfo.Builder(1, new ComponentName(this, ImeiJob.class)).setMinimumLatency(1000).build();
        ((JobScheduler) getSystemService(JOB_SCHEDULER_SERVICE)).schedule(job);
    }
}
