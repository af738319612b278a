package org.mingcha.startup.secondactivity;

import android.app.Activity;
import android.content.Intent;
import android.os.Bundle;

/** The launcher. */
public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Intent intent = new Intent();
        intent.setClassName(this, "org.mingcha.startup.secondactivity.Home");
        startActivity(intent);
    }
}
