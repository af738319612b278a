package org.mingcha.startup.guardternary;

import android.content.Context;

/** Something that can be read. */
interface Source {
    String read(Context context);
}
