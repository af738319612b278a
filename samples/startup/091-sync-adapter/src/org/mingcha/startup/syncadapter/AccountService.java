package org.mingcha.startup.syncadapter;

import android.app.Service;
import android.content.Intent;
import android.os.IBinder;

/** Hands the authenticator to the system. */
public class AccountService extends Service {
    @Override
    public IBinder onBind(Intent intent) {
        return new Authenticator(this).getIBinder();
    }
}
