package org.mingcha.sample.violator;

/** Invented secrets, put together so that scanners of source code stay quiet; the DEX holds them whole. */
final class HoldsSecrets {
    private HoldsSecrets() {
    }

    static String accessKey() {
        return "LTAI" + "5tMingchaSample0Fake";
    }

    static String privateKey() {
        return "-----BEGIN RSA " + "PRIVATE KEY-----";
    }
}
