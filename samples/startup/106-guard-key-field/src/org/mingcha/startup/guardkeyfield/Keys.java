package org.mingcha.startup.guardkeyfield;

/** Names of stored flags. */
final class Keys {
    static final String AGREED = String.valueOf("privacy_agreed");

    private Keys() {
    }
}
