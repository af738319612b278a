package org.mingcha.startup.implementationmadebyclick;

/** Keeps the source. */
final class Holder {
    static Source source;

    private Holder() {
    }
}
