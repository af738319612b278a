package org.mingcha.startup.guardlatch;

import java.util.concurrent.CountDownLatch;

/** The consent of this run. */
final class Consent {
    static final CountDownLatch OPEN = new CountDownLatch(1);

    private Consent() {
    }
}
