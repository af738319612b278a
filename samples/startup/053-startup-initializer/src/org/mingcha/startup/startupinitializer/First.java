package org.mingcha.startup.startupinitializer;

import android.content.Context;
import android.telephony.TelephonyManager;
import android.util.Log;
import androidx.startup.Initializer;
import java.util.Collections;
import java.util.List;

/** A step of start-up that the library runs. */
public class First implements Initializer<Object> {
    @Override
    public Object create(Context context) {
        Log.i("sample", ((TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
        return this;
    }

    @Override
    public List<Class<? extends Initializer<?>>> dependencies() {
        return Collections.emptyList();
    }
}
