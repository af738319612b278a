package org.mingcha.startup.guardcached;

/** The consent of this run. */
final class Consent {
    static boolean agreed;

    private Consent() {
    }
}
