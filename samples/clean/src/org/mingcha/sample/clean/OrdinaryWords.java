package org.mingcha.sample.clean;

/** Near miss: texts that resemble secrets, and none that is one. */
final class OrdinaryWords {
    private OrdinaryWords() {
    }

    static String star(boolean bright) {
        return bright ? "ALTAIR in the constellation Aquila" : "-----BEGIN CERTIFICATE-----";
    }
}
