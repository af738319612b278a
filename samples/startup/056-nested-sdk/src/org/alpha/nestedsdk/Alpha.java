package org.alpha.nestedsdk;

import android.content.Context;

/** The SDK that the app knows. */
public final class Alpha {
    private Alpha() {
    }

    public static void init(Context context) {
        new Session(context.getApplicationContext()).open();
    }
}
