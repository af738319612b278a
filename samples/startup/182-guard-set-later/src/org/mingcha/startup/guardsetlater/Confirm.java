package org.mingcha.startup.guardsetlater;

import android.content.Context;
import android.util.Log;
import java.io.IOException;
import java.net.URL;

/** Has the consent confirmed. */
final class Confirm implements Runnable {
    private final Context context;

    Confirm(Context context) {
        this.context = context;
    }

    @Override
    public void run() {
        try {
            new URL("https://consent.mingcha.example/").openStream().close();
            context.getSharedPreferences("app", Context.MODE_PRIVATE).edit().putBoolean("agreed", true).apply();
        } catch (IOException e) {
            Log.i("sample", "not confirmed");
        }
    }
}
