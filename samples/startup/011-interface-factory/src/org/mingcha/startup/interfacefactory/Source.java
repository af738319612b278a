package org.mingcha.startup.interfacefactory;

import android.content.Context;

/** Something that can be read. */
interface Source {
    String read(Context context);
}
