package org.mingcha.startup.reflectionfrommanifest;

import android.content.Context;

/** A step of start-up. */
public interface Step {
    void run(Context context);
}
