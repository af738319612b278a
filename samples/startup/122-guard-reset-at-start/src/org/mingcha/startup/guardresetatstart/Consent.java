package org.mingcha.startup.guardresetatstart;

/** The consent of this run. */
final class Consent {
    static boolean agreed;

    private Consent() {
    }
}
