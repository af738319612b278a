package org.mingcha.sample.violator;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A weak digest. */
final class HashesWithMd5 {
    private HashesWithMd5() {
    }

    static byte[] digest(byte[] text) throws NoSuchAlgorithmException {
        return MessageDigest.getInstance("MD5").digest(text);
    }
}
