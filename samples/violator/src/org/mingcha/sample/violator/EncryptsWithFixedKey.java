package org.mingcha.sample.violator;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** A key and an initialisation vector in the code, ECB, and DES. */
final class EncryptsWithFixedKey {
    private EncryptsWithFixedKey() {
    }

    static byte[] ecb(byte[] text) throws GeneralSecurityException {
        SecretKeySpec key = new SecretKeySpec("mingcha-sample-k".getBytes(StandardCharsets.UTF_8), "AES");
        Cipher cipher = Cipher.getInstance("AES/ECB/PKCS5Padding");
        cipher.init(Cipher.ENCRYPT_MODE, key);
        return cipher.doFinal(text);
    }

    static byte[] fixedIv(SecretKeySpec key, byte[] text) throws GeneralSecurityException {
        IvParameterSpec iv = new IvParameterSpec("0123456789abcdef".getBytes(StandardCharsets.UTF_8));
        Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
        cipher.init(Cipher.ENCRYPT_MODE, key, iv);
        return cipher.doFinal(text);
    }

    static byte[] des(SecretKeySpec key, byte[] text) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("DES/CBC/PKCS5Padding");
        cipher.init(Cipher.ENCRYPT_MODE, key);
        return cipher.doFinal(text);
    }
}
