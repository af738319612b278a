package org.mingcha.startup.launcheronresume;

import android.app.Activity;
import android.content.Context;
import android.telephony.TelephonyManager;
import android.util.Log;

/** The launcher. */
public class Main extends Activity {
    @Override
    protected void onResume() {
        super.onResume();
        collect();
    }

    private void collect() {
        Log.i("sample", ((TelephonyManager) getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
    }
}
