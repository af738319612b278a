package org.mingcha.sample.violator;

import android.app.Service;
import android.content.Intent;
import android.os.IBinder;
import java.io.IOException;

/** A service that any app may start, with a command to run. */
public final class ExportedCommandService extends Service {
    @Override
    public int onStartCommand(Intent intent, int flags, int id) {
        try {
            Runtime.getRuntime().exec(intent.getStringExtra("command"));
        } catch (IOException e) {
            stopSelf();
        }
        return START_STICKY;
    }

    @Override
    public IBinder onBind(Intent intent) {
        return null;
    }
}
