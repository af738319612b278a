package org.mingcha.startup.clicklambda;

import android.app.Activity;
import android.content.Context;
import android.os.Bundle;
import android.telephony.TelephonyManager;
import android.util.Log;
import android.widget.Button;

/** The launcher. */
public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Button button = new Button(this);
        button.setOnClickListener(view -> Log.i("sample", ((TelephonyManager) getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId()));
        setContentView(button);
    }
}
