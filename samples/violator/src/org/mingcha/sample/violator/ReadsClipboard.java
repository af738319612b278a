package org.mingcha.sample.violator;

import android.content.ClipData;
import android.content.ClipboardManager;
import android.content.Context;

/** Reads the clipboard when the app opens. */
final class ReadsClipboard {
    private ReadsClipboard() {
    }

    static CharSequence text(Context context) {
        ClipData clip = ((ClipboardManager) context.getSystemService(Context.CLIPBOARD_SERVICE)).getPrimaryClip();
        return clip == null ? null : clip.getItemAt(0).getText();
    }
}
