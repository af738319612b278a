package org.mingcha.startup.receiverwaitsguarded;

import android.app.Activity;
import android.app.AlertDialog;
import android.content.DialogInterface;
import android.os.Bundle;

/** The launcher: asks for consent. */
public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        new AlertDialog.Builder(this)
                .setTitle("隐私政策")
                .setMessage("请阅读并同意隐私政策后使用。")
                .setPositiveButton("同意", new DialogInterface.OnClickListener() {
                    @Override
                    public void onClick(DialogInterface dialog, int which) {
                        getSharedPreferences("app", MODE_PRIVATE).edit().putBoolean("agreed", true).apply();
                    }
                })
                .setNegativeButton("不同意", null)
                .setCancelable(false)
                .show();
    }
}
