package org.mingcha.sample.clean;

import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLSession;

/** Near miss: a constant answer, but the safe one. */
final class RefusingHostnameVerifier implements HostnameVerifier {
    @Override
    public boolean verify(String host, SSLSession session) {
        return false;
    }
}
