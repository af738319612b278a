package org.mingcha.sample.multidex;

import android.app.Activity;
import android.os.Bundle;
import android.telephony.TelephonyManager;

/** Calls the Twin that the platform would load: the one of the first DEX file. */
public final class MainActivity extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        setTitle(Twin.read((TelephonyManager) getSystemService(TELEPHONY_SERVICE)));
    }
}
