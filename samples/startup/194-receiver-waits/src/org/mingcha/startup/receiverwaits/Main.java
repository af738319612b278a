package org.mingcha.startup.receiverwaits;

import android.app.Activity;
import android.os.Bundle;
import android.view.View;

/** The launcher. */
public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        setContentView(new View(this));
    }
}
