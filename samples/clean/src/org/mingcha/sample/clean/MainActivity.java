package org.mingcha.sample.clean;

import android.app.Activity;
import android.app.AlertDialog;
import android.content.Context;
import android.content.Intent;
import android.net.Uri;
import android.os.Bundle;

/** Asks for consent, offers refusal on equal terms and links to the policy. */
public final class MainActivity extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        if (!getSharedPreferences("consent", Context.MODE_PRIVATE).getBoolean("asked", false)) {
            new AlertDialog.Builder(this)
                    .setTitle(R.string.consent_title)
                    .setMessage(R.string.consent_text)
                    .setPositiveButton(R.string.consent_agree, null)
                    .setNegativeButton(R.string.consent_refuse, null)
                    .show();
        }
    }

    void openPolicy() {
        startActivity(new Intent(Intent.ACTION_VIEW, Uri.parse(getString(R.string.privacy_policy_url))));
    }
}
