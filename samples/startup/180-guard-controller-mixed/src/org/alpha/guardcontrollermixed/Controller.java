package org.alpha.guardcontrollermixed;

/** What the SDK may do; all of it unless the app says otherwise. */
public class Controller {
    public boolean canUsePhoneState() {
        return true;
    }
}
