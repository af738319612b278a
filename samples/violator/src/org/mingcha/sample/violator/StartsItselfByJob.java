package org.mingcha.sample.violator;

import android.app.job.JobInfo;
import android.app.job.JobParameters;
import android.app.job.JobScheduler;
import android.app.job.JobService;
import android.content.ComponentName;
import android.content.Context;

/** Wakes itself by the job scheduler, also after a restart. */
public final class StartsItselfByJob extends JobService {
    static void schedule(Context context) {
        JobInfo job = new JobInfo.Builder(1, new ComponentName(context, StartsItselfByJob.class))
                .setPeriodic(900_000).setPersisted(true).build();
        ((JobScheduler) context.getSystemService(Context.JOB_SCHEDULER_SERVICE)).schedule(job);
    }

    @Override
    public boolean onStartJob(JobParameters parameters) {
        return false;
    }

    @Override
    public boolean onStopJob(JobParameters parameters) {
        return true;
    }
}
