package org.mingcha.startup.instanceinitialiser;

import android.app.Application;
import android.util.Log;

/** Holds what it read when it was made. */
public class App extends Application {
    private final byte[] address = Hardware.address();

    @Override
    public void onCreate() {
        super.onCreate();
        Log.i("sample", "bytes " + address.length);
    }
}
