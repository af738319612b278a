package com.tencent.tinker.loader.app;

import android.app.Application;
import android.content.Context;

/** Stand-in of our own under the library's name; no code of the library. */
public abstract class ApplicationLike {
    private final Application application;

    public ApplicationLike(Application application) {
        this.application = application;
    }

    public final Application getApplication() {
        return application;
    }

    public void onBaseContextAttached(Context base) {
    }

    public void onCreate() {
    }
}
