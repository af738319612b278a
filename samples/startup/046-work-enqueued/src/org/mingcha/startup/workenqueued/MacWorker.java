package org.mingcha.startup.workenqueued;

import android.content.Context;
import android.net.wifi.WifiManager;
import android.util.Log;
import androidx.work.Worker;
import androidx.work.WorkerParameters;

/** Work for the background. */
public class MacWorker extends Worker {
    public MacWorker(Context context, WorkerParameters parameters) {
        super(context, parameters);
    }

    @Override
    public boolean doWork() {
        Log.i("sample", ((WifiManager) getApplicationContext().getSystemService(Context.WIFI_SERVICE)).getConnectionInfo().getMacAddress());
        return true;
    }
}
