package org.mingcha.startup.syncadapter;

import android.app.Service;
import android.content.Intent;
import android.os.IBinder;

/** Hands the adapter to the system. */
public class SyncService extends Service {
    private Adapter adapter;

    @Override
    public void onCreate() {
        super.onCreate();
        adapter = new Adapter(this);
    }

    @Override
    public IBinder onBind(Intent intent) {
        return adapter.getSyncAdapterBinder();
    }
}
