package org.mingcha.startup.guardsplashbranch;

import android.app.Activity;
import android.content.Intent;
import android.os.Bundle;

/** The launcher. */
public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        if (getSharedPreferences("app", MODE_PRIVATE).getBoolean("agreed", false)) {
            startActivity(new Intent(this, Home.class));
        } else {
            startActivity(new Intent(this, Ask.class));
        }
        finish();
    }
}
