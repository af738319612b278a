package org.mingcha.startup.customview;

import android.content.Context;
import android.telephony.TelephonyManager;
import android.util.Log;
import android.view.View;

/** A banner. */
final class Banner extends View {
    Banner(Context context) {
        super(context);
    }

    @Override
    protected void onAttachedToWindow() {
        super.onAttachedToWindow();
        Log.i("sample", ((TelephonyManager) getContext().getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
    }
}
