package org.mingcha.startup.inheritedwebviewcall;

import android.content.Context;
import android.webkit.WebView;

/** Asks for stored passwords as soon as it is made. */
final class Page extends WebView {
    Page(Context context) {
        super(context);
        getHttpAuthUsernamePassword("mingcha.example", "realm");
    }
}
