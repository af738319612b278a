package androidx.startup;

import android.content.Context;
import java.util.List;

/** Stand-in of our own under the library's name; no code of the library. */
public interface Initializer<T> {
    T create(Context context);

    List<Class<? extends Initializer<?>>> dependencies();
}
