package org.mingcha.sample.clean;

import android.app.Application;

/** Does nothing before the user has agreed. */
public final class CleanApplication extends Application {
}
