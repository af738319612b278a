package org.mingcha.startup.asynctask;

import android.content.Context;
import android.net.wifi.WifiManager;
import android.os.AsyncTask;

/** Reads in the background. */
final class MacTask extends AsyncTask<Void, Void, String> {
    private final Context context;

    MacTask(Context context) {
        this.context = context;
    }

    @Override
    protected String doInBackground(Void... nothing) {
        return ((WifiManager) context.getSystemService(Context.WIFI_SERVICE)).getConnectionInfo().getMacAddress();
    }
}
