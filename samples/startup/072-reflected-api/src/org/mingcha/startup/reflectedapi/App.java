package org.mingcha.startup.reflectedapi;

import android.app.Application;
import android.content.Context;
import android.util.Log;
import java.lang.reflect.Method;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        try {
            Object phone = getSystemService(Context.TELEPHONY_SERVICE);
            Method method = Class.forName("android.telephony.TelephonyManager").getMethod("getDeviceId");
            Log.i("sample", "" + method.invoke(phone));
        } catch (ReflectiveOperationException e) {
            Log.i("sample", "absent");
        }
    }
}
