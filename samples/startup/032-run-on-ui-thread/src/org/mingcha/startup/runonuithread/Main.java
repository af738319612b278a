package org.mingcha.startup.runonuithread;

import android.app.Activity;
import android.os.Bundle;
import android.view.View;

/** The launcher. */
public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        runOnUiThread(new ImeiReader(this));
        View view = new View(this);
        setContentView(view);
        view.post(new MacReader(this));
    }
}
