package org.mingcha.sample.clean;

import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLSession;

/** Near miss: a verifier of its own that compares. */
final class ComparingHostnameVerifier implements HostnameVerifier {
    @Override
    public boolean verify(String host, SSLSession session) {
        return "api.mingcha.example".equalsIgnoreCase(host);
    }
}
