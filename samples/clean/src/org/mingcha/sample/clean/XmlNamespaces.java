package org.mingcha.sample.clean;

/** Near miss: names of XML namespaces begin with http:// and are never fetched. */
final class XmlNamespaces {
    private XmlNamespaces() {
    }

    static boolean known(String uri) {
        return "http://schemas.android.com/apk/res/android".equals(uri) || "http://www.w3.org/2000/svg".equals(uri);
    }
}
