package org.mingcha.startup.implementationnevermade;

import android.app.Application;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Source source = new WifiSource();
        Log.i("sample", source.read(this));
    }
}
