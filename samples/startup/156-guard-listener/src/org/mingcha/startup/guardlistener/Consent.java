package org.mingcha.startup.guardlistener;

/** Announces consent. */
final class Consent {
    private static Runnable observer;

    private Consent() {
    }

    static void observe(Runnable newObserver) {
        observer = newObserver;
    }

    static void agree() {
        observer.run();
    }
}
