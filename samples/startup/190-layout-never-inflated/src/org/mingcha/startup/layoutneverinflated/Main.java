package org.mingcha.startup.layoutneverinflated;

import android.app.Activity;
import android.os.Bundle;

/** The launcher. */
public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        setContentView(R.layout.main);
    }
}
