package org.mingcha.startup.controllerrefuses;

import android.content.Context;
import org.alpha.controllerrefuses.Controller;

/** What the app allows the SDK. */
final class OwnController extends Controller {
    private final Context context;

    OwnController(Context context) {
        this.context = context;
    }

    @Override
    public boolean canUsePhoneState() {
        return false;
    }
}
