package org.mingcha.startup.guardlayoutlistener;

import android.app.Activity;
import android.os.Bundle;
import android.view.View;

/** The launcher. */
public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        setContentView(R.layout.main);
    }

    public void agree(View view) {
        getSharedPreferences("app", MODE_PRIVATE).edit().putBoolean("agreed", true).apply();
    }
}
