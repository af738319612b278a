package org.mingcha.startup.guardloop;

/** The consent of this run. */
final class Consent {
    static volatile boolean agreed;

    private Consent() {
    }
}
