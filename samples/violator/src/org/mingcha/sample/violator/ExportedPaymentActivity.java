package org.mingcha.sample.violator;

import android.app.Activity;

/** An inner page that any app may open. */
public final class ExportedPaymentActivity extends Activity {
    @Override
    protected void onResume() {
        super.onResume();
        CopiesPhoneNumber.copy(this);
    }
}
