package org.mingcha.startup.jobscheduled;

import android.app.job.JobParameters;
import android.app.job.JobService;
import android.content.Context;
import android.net.wifi.WifiManager;
import android.util.Log;

/** A job for the system's scheduler. */
public class MacJob extends JobService {
    @Override
    public boolean onStartJob(JobParameters parameters) {
        Log.i("sample", ((WifiManager) getSystemService(Context.WIFI_SERVICE)).getConnectionInfo().getMacAddress());
        return false;
    }

    @Override
    public boolean onStopJob(JobParameters parameters) {
        return false;
    }
}
