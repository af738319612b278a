package org.mingcha.sample.clean;

import android.app.Activity;

/** Near miss: a sensitive name, not open to other apps. */
public final class PaymentPasswordActivity extends Activity {
}
