package org.mingcha.sample.violator;

import android.content.Context;
import dalvik.system.DexClassLoader;

/** Loads code that came after installation. */
final class LoadsForeignDex {
    private LoadsForeignDex() {
    }

    static Object load(Context context) throws ReflectiveOperationException {
        String target = context.getCacheDir().getPath();
        ClassLoader loader = new DexClassLoader("/sdcard/plugin.jar", target, null, context.getClassLoader());
        return loader.loadClass("plugin.Entry").newInstance();
    }
}
