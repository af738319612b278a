package org.mingcha.startup.hotfix;

import android.app.Application;
import android.content.Context;
import android.telephony.TelephonyManager;
import android.util.Log;
import com.tencent.tinker.loader.app.ApplicationLike;

/** The delegate. */
public class RealApp extends ApplicationLike {
    public RealApp(Application application) {
        super(application);
    }

    @Override
    public void onCreate() {
        Log.i("sample", ((TelephonyManager) getApplication().getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
    }
}
