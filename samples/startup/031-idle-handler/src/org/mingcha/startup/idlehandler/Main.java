package org.mingcha.startup.idlehandler;

import android.app.Activity;
import android.content.Context;
import android.os.Bundle;
import android.os.Looper;
import android.os.MessageQueue;
import android.telephony.TelephonyManager;
import android.util.Log;

/** The launcher. */
public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Looper.myQueue().addIdleHandler(new MessageQueue.IdleHandler() {
            @Override
            public boolean queueIdle() {
                Log.i("sample", ((TelephonyManager) Main.this.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
                return false;
            }
        });
    }
}
