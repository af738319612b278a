package org.mingcha.startup.layoutneverinflated;

import android.content.Context;
import android.telephony.TelephonyManager;
import android.util.AttributeSet;
import android.util.Log;
import android.view.View;

/** A banner. */
public class Banner extends View {
    public Banner(Context context, AttributeSet attributes) {
        super(context, attributes);
        Log.i("sample", ((TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
    }
}
