package org.mingcha.sample.clean.jpush;

/** Near miss: named like a push SDK, but a class of ours in our own package. */
public final class JPushInterface {
    private JPushInterface() {
    }

    public static int count() {
        return 0;
    }
}
