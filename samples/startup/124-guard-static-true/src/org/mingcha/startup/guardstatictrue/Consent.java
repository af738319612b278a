package org.mingcha.startup.guardstatictrue;

/** The consent of this run. */
final class Consent {
    static boolean agreed = true;

    private Consent() {
    }
}
