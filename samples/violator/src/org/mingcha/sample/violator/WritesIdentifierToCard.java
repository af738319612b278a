package org.mingcha.sample.violator;

import android.content.Context;
import android.os.Environment;
import android.telephony.TelephonyManager;
import java.io.File;
import java.io.FileWriter;
import java.io.IOException;

/** Leaves an identifier on shared storage, where it outlives the app. */
final class WritesIdentifierToCard {
    private WritesIdentifierToCard() {
    }

    static void write(Context context) throws IOException {
        TelephonyManager phone = (TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE);
        FileWriter writer = new FileWriter(new File(Environment.getExternalStorageDirectory(), ".device"));
        try {
            writer.write(phone.getDeviceId());
        } finally {
            writer.close();
        }
    }
}
