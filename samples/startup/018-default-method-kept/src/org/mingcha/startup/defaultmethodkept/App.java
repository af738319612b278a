package org.mingcha.startup.defaultmethodkept;

import android.app.Application;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Source source = new PlainSource();
        Log.i("sample", source.read(this));
    }
}
