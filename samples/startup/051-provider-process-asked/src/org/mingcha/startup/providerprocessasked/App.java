package org.mingcha.startup.providerprocessasked;

import android.app.Application;
import android.database.Cursor;
import android.net.Uri;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Cursor cursor = getContentResolver().query(Uri.parse("content://org.mingcha.startup.providerprocessasked.boot/all"), null, null, null, null);
        Log.i("sample", "found " + (cursor != null));
    }
}
