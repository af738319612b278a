package org.mingcha.startup.guardsplashbranch;

import android.app.Activity;
import android.os.Bundle;
import android.util.Log;

/** The main screen. */
public class Home extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Log.i("sample", Device.imei(this));
    }
}
