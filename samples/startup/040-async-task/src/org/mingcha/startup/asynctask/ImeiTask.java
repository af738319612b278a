package org.mingcha.startup.asynctask;

import android.content.Context;
import android.os.AsyncTask;
import android.provider.Settings;
import android.telephony.TelephonyManager;
import android.util.Log;

/** Reads in the background. */
final class ImeiTask extends AsyncTask<Void, Void, String> {
    private final Context context;

    ImeiTask(Context context) {
        this.context = context;
    }

    @Override
    protected String doInBackground(Void... nothing) {
        return ((TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId();
    }

    @Override
    protected void onPostExecute(String imei) {
        Log.i("sample", Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID));
    }
}
