package org.mingcha.sample.clean;

import android.security.keystore.KeyGenParameterSpec;
import android.security.keystore.KeyProperties;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;

/** Near miss: authenticated encryption, the key made inside the platform's keystore. */
final class KeystoreBox {
    private KeystoreBox() {
    }

    static byte[] seal(byte[] text) throws GeneralSecurityException {
        KeyGenerator generator = KeyGenerator.getInstance("AES", "AndroidKeyStore");
        generator.init(new KeyGenParameterSpec.Builder("box", KeyProperties.PURPOSE_ENCRYPT)
                .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
                .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
                .build());
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, generator.generateKey());
        return cipher.doFinal(text);
    }

    static byte[] digest(byte[] text) throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-256").digest(text);
    }

    /** Weak algorithms are named only in order to be turned away. */
    static boolean refused(String algorithm) {
        return algorithm.startsWith("AES/ECB") || algorithm.startsWith("DES") || algorithm.equals("MD5");
    }
}
