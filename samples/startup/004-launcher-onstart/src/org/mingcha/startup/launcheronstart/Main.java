package org.mingcha.startup.launcheronstart;

import android.app.Activity;
import android.content.Context;
import android.telephony.TelephonyManager;
import android.util.Log;

/** The launcher. */
public class Main extends Activity {
    @Override
    protected void onStart() {
        super.onStart();
        Log.i("sample", ((TelephonyManager) getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
    }
}
