package org.mingcha.startup.implementationnevermade;

import android.content.Context;

/** Something that can be read. */
interface Source {
    String read(Context context);
}
