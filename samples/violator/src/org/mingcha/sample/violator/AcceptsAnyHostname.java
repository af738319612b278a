package org.mingcha.sample.violator;

import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLSession;

/** Accepts every host name. */
final class AcceptsAnyHostname implements HostnameVerifier {
    @Override
    public boolean verify(String host, SSLSession session) {
        return true;
    }
}
