package org.mingcha.startup.inheritedoncreate;

import android.util.Log;

/** Only fills in a step. */
public class App extends BaseApp {
    @Override
    protected void begin() {
        Log.i("sample", Device.imei(this));
    }
}
