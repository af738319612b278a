package org.mingcha.startup.reflectionfrommanifest;

import android.content.Context;
import android.telephony.TelephonyManager;
import android.util.Log;

/** Named in the manifest. */
public final class ImeiStep implements Step {
    @Override
    public void run(Context context) {
        Log.i("sample", ((TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
    }
}
