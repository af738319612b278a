package org.mingcha.startup.guardremoteconfig;

import android.content.SharedPreferences;
import android.util.Log;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URL;
import org.json.JSONException;
import org.json.JSONObject;

/** Stores what the server says. */
final class Fetcher implements Runnable {
    private final SharedPreferences prefs;

    Fetcher(SharedPreferences prefs) {
        this.prefs = prefs;
    }

    @Override
    public void run() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                new URL("https://config.mingcha.example/").openStream(), "UTF-8"))) {
            JSONObject answer = new JSONObject(in.readLine());
            prefs.edit().putBoolean("remote_collect", answer.optBoolean("collect")).apply();
        } catch (IOException | JSONException e) {
            Log.i("sample", "no answer");
        }
    }
}
