package org.mingcha.sample.violator;

import android.content.Context;
import android.view.View;
import android.view.WindowManager;

/** Draws over other apps. */
final class DrawsOverlay {
    private DrawsOverlay() {
    }

    static void show(Context context) {
        WindowManager manager = (WindowManager) context.getSystemService(Context.WINDOW_SERVICE);
        manager.addView(new View(context), new WindowManager.LayoutParams(
                WindowManager.LayoutParams.MATCH_PARENT, WindowManager.LayoutParams.MATCH_PARENT,
                WindowManager.LayoutParams.TYPE_SYSTEM_ALERT, 0, -3));
    }
}
