package org.mingcha.startup.defaultmethodkept;

import android.content.Context;

/** Takes the default of one method. */
final class PlainSource implements Source {
    @Override
    public String other(Context context) {
        return "";
    }
}
