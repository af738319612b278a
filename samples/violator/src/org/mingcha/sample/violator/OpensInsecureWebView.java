package org.mingcha.sample.violator;

import android.annotation.SuppressLint;
import android.content.Context;
import android.net.http.SslError;
import android.webkit.JavascriptInterface;
import android.webkit.SslErrorHandler;
import android.webkit.WebSettings;
import android.webkit.WebView;
import android.webkit.WebViewClient;

/** Every dangerous setting of a web view, on. */
final class OpensInsecureWebView extends WebView {
    @SuppressLint({"SetJavaScriptEnabled", "AddJavascriptInterface"})
    OpensInsecureWebView(Context context) {
        super(context);
        WebSettings settings = getSettings();
        settings.setJavaScriptEnabled(true);
        settings.setAllowFileAccess(true);
        settings.setAllowUniversalAccessFromFileURLs(true);
        settings.setSavePassword(true);
        settings.setMixedContentMode(WebSettings.MIXED_CONTENT_ALWAYS_ALLOW);
        WebView.setWebContentsDebuggingEnabled(true);
        addJavascriptInterface(new Bridge(), "bridge");
        setWebViewClient(new ProceedsOnSslError());
        loadUrl("http://www.mingcha.example/index.html");
    }

    /** What pages may call. */
    static final class Bridge {
        @JavascriptInterface
        public String token() {
            return HoldsSecrets.accessKey();
        }
    }

    /** Goes on whatever is wrong with the certificate. */
    static final class ProceedsOnSslError extends WebViewClient {
        @Override
        public void onReceivedSslError(WebView view, SslErrorHandler handler, SslError error) {
            handler.proceed();
        }
    }
}
