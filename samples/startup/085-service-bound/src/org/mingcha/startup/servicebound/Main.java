package org.mingcha.startup.servicebound;

import android.app.Activity;
import android.content.Intent;
import android.os.Bundle;

/** The launcher. */
public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        bindService(new Intent(this, Worker.class), new Link(), BIND_AUTO_CREATE);
    }
}
