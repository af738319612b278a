package org.mingcha.startup.attachbasecontext;

import android.app.Application;
import android.content.Context;
import android.provider.Settings;
import android.util.Log;

/** Reads as soon as it has a context. */
public class App extends Application {
    @Override
    protected void attachBaseContext(Context base) {
        super.attachBaseContext(base);
        Log.i("sample", Settings.Secure.getString(base.getContentResolver(), Settings.Secure.ANDROID_ID));
    }
}
