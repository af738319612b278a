package org.mingcha.startup.guardlambdalistener;

import android.app.Activity;
import android.app.AlertDialog;
import android.os.Bundle;

/** The launcher. */
public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        new AlertDialog.Builder(this)
                .setMessage("请阅读并同意隐私政策后使用。")
                .setPositiveButton("同意", (dialog, which) ->
                        getSharedPreferences("app", MODE_PRIVATE).edit().putBoolean("agreed", true).apply())
                .show();
    }
}
