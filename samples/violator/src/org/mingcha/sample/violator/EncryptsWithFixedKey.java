package org.mingcha.sample.violator;

import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** A key and an initialisation vector in the code, ECB, DES and triple DES. */
final class EncryptsWithFixedKey {
    private EncryptsWithFixedKey() {
    }

    static byte[] ecb(byte[] text) throws GeneralSecurityException {
        SecretKeySpec key = new SecretKeySpec("mingcha-sample-k".getBytes(StandardCharsets.UTF_8), "AES");
        Cipher cipher = Cipher.getInstance("AES/ECB/PKCS5Padding");
        cipher.init(Cipher.ENCRYPT_MODE, key);
        return cipher.doFinal(text);
    }

    static SecretKeySpec namedCharset() throws UnsupportedEncodingException {
        return new SecretKeySpec("mingcha-sample-2".getBytes("UTF-8"), "AES");
    }

    static byte[] fixedIv(SecretKeySpec key, byte[] text) throws GeneralSecurityException {
        IvParameterSpec iv = new IvParameterSpec("0123456789abcdef".getBytes());
        Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
        cipher.init(Cipher.ENCRYPT_MODE, key, iv);
        return cipher.doFinal(text);
    }

    static IvParameterSpec zeroIv() {
        return new IvParameterSpec(new byte[16]);
    }

    static Cipher des() throws GeneralSecurityException {
        return Cipher.getInstance("DES/CBC/PKCS5Padding");
    }

    static Cipher tripleDes() throws GeneralSecurityException {
        return Cipher.getInstance("DESede/CBC/PKCS5Padding");
    }
}
