package org.mingcha.startup.dexclassloader;

import android.app.Application;
import android.util.Log;
import dalvik.system.DexClassLoader;
import java.io.File;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        File plugin = new File(getFilesDir(), "plugin.jar");
        try {
            ClassLoader loader = new DexClassLoader(plugin.getPath(), getCacheDir().getPath(), null, getClassLoader());
            ((Runnable) loader.loadClass("org.plugin.Entry").newInstance()).run();
        } catch (ReflectiveOperationException e) {
            Log.i("sample", "absent");
        }
    }
}
