package org.mingcha.startup.interfacecall;

import android.content.Context;

/** Something that can be read. */
interface Source {
    String read(Context context);
}
