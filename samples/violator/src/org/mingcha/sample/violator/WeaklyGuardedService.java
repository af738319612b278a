package org.mingcha.sample.violator;

import android.app.Service;
import android.content.Intent;
import android.os.IBinder;

/** Guarded by a permission that every app is granted. */
public final class WeaklyGuardedService extends Service {
    @Override
    public IBinder onBind(Intent intent) {
        return null;
    }
}
