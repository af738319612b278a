package org.mingcha.startup.guarddialogswitch;

import android.app.Activity;
import android.app.AlertDialog;
import android.content.DialogInterface;
import android.os.Bundle;

/** The launcher, itself the listener of its dialog. */
public class Main extends Activity implements DialogInterface.OnClickListener {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        new AlertDialog.Builder(this)
                .setMessage("请阅读并同意隐私政策后使用。")
                .setPositiveButton("同意", this)
                .setNegativeButton("不同意", this)
                .show();
    }

    @Override
    public void onClick(DialogInterface dialog, int which) {
        switch (which) {
            case DialogInterface.BUTTON_POSITIVE:
                getSharedPreferences("app", MODE_PRIVATE).edit().putBoolean("agreed", true).apply();
                break;
            default:
                finish();
        }
    }
}
