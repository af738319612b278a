package org.mingcha.startup.interfacefactory;

/** Keeps the source in use. */
final class Sources {
    private static Source current;

    private Sources() {
    }

    static void install() {
        current = make();
    }

    static Source current() {
        return current;
    }

    private static Source make() {
        return new PhoneSource();
    }
}
