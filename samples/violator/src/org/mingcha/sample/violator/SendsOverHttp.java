package org.mingcha.sample.violator;

import android.content.Context;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URL;

/** Sends an identifier in the clear. */
final class SendsOverHttp {
    private SendsOverHttp() {
    }

    static int send(Context context) throws IOException {
        URL url = new URL("http://collect.mingcha.example/v1/report?id=" + ReadsDeviceIdentifiers.all(context));
        return ((HttpURLConnection) url.openConnection()).getResponseCode();
    }
}
