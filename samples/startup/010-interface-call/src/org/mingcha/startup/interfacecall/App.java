package org.mingcha.startup.interfacecall;

import android.app.Application;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Source source = new PhoneSource();
        Log.i("sample", source.read(this));
    }
}
