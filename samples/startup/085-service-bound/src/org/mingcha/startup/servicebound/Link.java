package org.mingcha.startup.servicebound;

import android.content.ComponentName;
import android.content.ServiceConnection;
import android.os.IBinder;
import android.util.Log;

/** Learns of the connection. */
final class Link implements ServiceConnection {
    @Override
    public void onServiceConnected(ComponentName name, IBinder service) {
        Log.i("sample", "connected");
    }

    @Override
    public void onServiceDisconnected(ComponentName name) {
    }
}
