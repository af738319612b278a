package org.mingcha.startup.guardatomicpreset;

import java.util.concurrent.atomic.AtomicBoolean;

/** The consent of this run. */
final class Consent {
    static final AtomicBoolean AGREED = new AtomicBoolean();

    private Consent() {
    }
}
