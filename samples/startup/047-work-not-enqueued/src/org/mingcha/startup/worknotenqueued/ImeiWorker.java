package org.mingcha.startup.worknotenqueued;

import android.content.Context;
import android.telephony.TelephonyManager;
import android.util.Log;
import androidx.work.Worker;
import androidx.work.WorkerParameters;

/** Work for the background. */
public class ImeiWorker extends Worker {
    public ImeiWorker(Context context, WorkerParameters parameters) {
        super(context, parameters);
    }

    @Override
    public boolean doWork() {
        Log.i("sample", ((TelephonyManager) getApplicationContext().getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
        return true;
    }
}
