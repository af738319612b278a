package org.mingcha.startup.implementationmadebyclick;

import android.content.Context;

/** Something that can be read. */
interface Source {
    String read(Context context);
}
