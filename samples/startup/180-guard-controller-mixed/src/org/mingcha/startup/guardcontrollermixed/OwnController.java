package org.mingcha.startup.guardcontrollermixed;

import android.content.Context;
import org.alpha.guardcontrollermixed.Controller;

/** What the app allows the SDK. */
final class OwnController extends Controller {
    private final Context context;

    OwnController(Context context) {
        this.context = context;
    }

    @Override
    public boolean canUsePhoneState() {
        return context.getSharedPreferences("app", Context.MODE_PRIVATE).getBoolean("agreed", false);
    }
}
