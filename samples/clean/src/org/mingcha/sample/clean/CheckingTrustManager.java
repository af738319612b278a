package org.mingcha.sample.clean;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.X509TrustManager;

/** Near miss: a trust manager of its own, but one that delegates and then checks more. */
final class CheckingTrustManager implements X509TrustManager {
    private final X509TrustManager platform;
    private final String issuer;

    CheckingTrustManager(X509TrustManager platform, String issuer) {
        this.platform = platform;
        this.issuer = issuer;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw new CertificateException("no client certificates");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        platform.checkServerTrusted(chain, type);
        if (!chain[0].getIssuerX500Principal().getName().contains(issuer)) {
            throw new CertificateException("unexpected issuer");
        }
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return platform.getAcceptedIssuers();
    }
}
