package org.mingcha.startup.guardaroundthread;

import android.app.Application;
import android.content.SharedPreferences;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        SharedPreferences prefs = getSharedPreferences("app", MODE_PRIVATE);
        if (prefs.getBoolean("agreed", false)) {
            new Thread(new ImeiReader(this)).start();
        }
        new Thread(new MacReader(this)).start();
    }
}
