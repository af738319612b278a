package android.app;

import android.content.Intent;

/** Declarations of API 28 to compile against, which the declarations at hand (27) lack; in no sample. */
public class AppComponentFactory {
    public Application instantiateApplication(ClassLoader loader, String name)
            throws InstantiationException, IllegalAccessException, ClassNotFoundException {
        throw new UnsupportedOperationException();
    }

    public Activity instantiateActivity(ClassLoader loader, String name, Intent intent)
            throws InstantiationException, IllegalAccessException, ClassNotFoundException {
        throw new UnsupportedOperationException();
    }
}
