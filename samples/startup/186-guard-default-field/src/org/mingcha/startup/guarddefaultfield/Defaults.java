package org.mingcha.startup.guarddefaultfield;

/** Values where nothing is stored. */
final class Defaults {
    static boolean agreed = true;

    private Defaults() {
    }
}
