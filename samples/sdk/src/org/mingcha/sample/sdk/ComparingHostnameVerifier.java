package org.mingcha.sample.sdk;

import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLSession;

/** Near miss: a verifier of its own that compares. */
public final class ComparingHostnameVerifier implements HostnameVerifier {
    @Override
    public boolean verify(String host, SSLSession session) {
        return "sdk.mingcha.example".equals(host);
    }
}
