package com.tencent.tinker.loader.app;

import android.app.Application;
import android.content.Context;
import dalvik.system.DexClassLoader;
import java.io.File;

/** Stand-in of our own under the library's name; no code of the library. */
public abstract class TinkerApplication extends Application {
    private final String delegateClassName;
    private ApplicationLike delegate;

    protected TinkerApplication(String delegateClassName) {
        this.delegateClassName = delegateClassName;
    }

    @Override
    protected void attachBaseContext(Context base) {
        super.attachBaseContext(base);
        try {
            ClassLoader patched = new DexClassLoader(new File(getFilesDir(), "patch.apk").getPath(),
                    getCacheDir().getPath(), null, getClassLoader());
            delegate = (ApplicationLike) Class.forName(delegateClassName, false, patched)
                    .getConstructor(Application.class).newInstance(this);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
        delegate.onBaseContextAttached(base);
    }

    @Override
    public void onCreate() {
        super.onCreate();
        delegate.onCreate();
    }
}
