package org.mingcha.startup.jobscheduled;

import android.app.job.JobParameters;
import android.app.job.JobService;
import android.content.Context;
import android.telephony.TelephonyManager;
import android.util.Log;

/** A job for the system's scheduler. */
public class ImeiJob extends JobService {
    @Override
    public boolean onStartJob(JobParameters parameters) {
        Log.i("sample", ((TelephonyManager) getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
        return false;
    }

    @Override
    public boolean onStopJob(JobParameters parameters) {
        return false;
    }
}
