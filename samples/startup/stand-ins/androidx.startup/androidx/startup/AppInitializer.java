package androidx.startup;

import android.content.ComponentName;
import android.content.Context;
import android.content.pm.PackageManager;
import android.os.Bundle;
import java.util.HashSet;
import java.util.Set;

/** Stand-in of our own under the library's name; no code of the library. */
final class AppInitializer {
    private final Context context;
    private final Set<Class<?>> done = new HashSet<Class<?>>();

    AppInitializer(Context context) {
        this.context = context;
    }

    void discoverAndInitialize() {
        try {
            ComponentName provider = new ComponentName(context.getPackageName(), InitializationProvider.class.getName());
            Bundle meta = context.getPackageManager().getProviderInfo(provider, PackageManager.GET_META_DATA).metaData;
            for (String key : meta.keySet()) {
                if ("androidx.startup".equals(meta.getString(key))) {
                    initialize(Class.forName(key));
                }
            }
        } catch (PackageManager.NameNotFoundException | ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private void initialize(Class<?> type) throws ReflectiveOperationException {
        if (!done.add(type)) {
            return;
        }
        Initializer<?> initializer = (Initializer<?>) type.getDeclaredConstructor().newInstance();
        for (Class<?> needed : initializer.dependencies()) {
            initialize(needed);
        }
        initializer.create(context);
    }
}
