package org.mingcha.startup.guardsetonresume;

import android.app.Activity;
import android.os.Bundle;
import android.widget.TextView;

/** Shows the policy. */
public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        TextView text = new TextView(this);
        text.setText("继续使用即表示同意隐私政策");
        setContentView(text);
    }

    @Override
    protected void onResume() {
        super.onResume();
        getSharedPreferences("app", MODE_PRIVATE).edit().putBoolean("agreed", true).apply();
    }
}
