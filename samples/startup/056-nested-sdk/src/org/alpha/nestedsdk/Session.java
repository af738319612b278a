package org.alpha.nestedsdk;

import android.content.Context;

/** Opens what it needs. */
final class Session {
    private final Context context;

    Session(Context context) {
        this.context = context;
    }

    void open() {
        org.beta.nestedsdk.Beta.start(context);
    }
}
