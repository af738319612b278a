package org.mingcha.sample.sdk;

import android.app.Service;
import android.content.Intent;
import android.os.IBinder;

/** Declared in the library's manifest, in a process of its own. */
public final class ReportService extends Service {
    @Override
    public IBinder onBind(Intent intent) {
        return null;
    }
}
