package org.mingcha.sample.clean;

import android.app.Service;
import android.content.Intent;
import android.os.IBinder;

/** Near miss: a sensitive name, not open to other apps. */
public final class AdminCommandService extends Service {
    @Override
    public IBinder onBind(Intent intent) {
        return null;
    }
}
