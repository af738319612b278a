"""Names that look like addresses and are none: namespaces, features, schemas, document types, relations.

Nobody connects to them, so they are no hosts of the package. Where a host serves nothing else it is listed;
everywhere else the form of the path decides, so that the makers' real sites still count.
"""

from __future__ import annotations

import re

HOSTS = frozenset(
    """
    schemas.android.com www.w3.org w3.org ns.adobe.com xmlpull.org www.xmlpull.org xml.org www.xml.org
    xml.apache.org xerces.apache.org xalan.apache.org apache.org java.sun.com xmlns.jcp.org jakarta.ee
    schemas.xmlsoap.org schemas.microsoft.com schemas.openxmlformats.org schemas.google.com
    schemas.datacontract.org purl.org purl.oclc.org docs.oasis-open.org javax.xml.xmlconstants relaxng.org
    iptc.org schema.org www.schema.org json-schema.org xmlns.com xmlns.oracle.com exslt.org ogp.me
    jdom.org dom4j.org www.dom4j.org www.saxproject.org www.georss.org www.opengis.net opds-spec.org
    openid.net specs.openid.net axschema.org rdfs.org www.openarchives.org www.wireless-village.org
    www.example.com example.com example.org www.example.org example.net localhost 127.0.0.1
    """.split()  # noqa: SIM905 - words read better in lines than one by one
)
_PATHS = re.compile(
    r"""
      /(?:[^?\#]*/)?(?:sax|xml|xslt?|xpath|jaxp|dom|tagsoup|stax)(?:/[^?\#]*)?/(?:features?|propert(?:y|ies))(?:/|\Z)
    | /(?:[^?\#]*/)?feature\Z                      # http://org.jdom.transform.JDOMResult/feature
    | /(?:[^?\#]*/)?(?:dtds?|xmlns|xmlschemas?)(?:/|\Z)
    | /[^?\#]*\.(?:dtd|xsd|rng|xsl)(?:[?\#]|\Z)
    | /(?:ns|xml/ns|namespaces?)(?:[/\#]|\Z)       # http://cordova.apache.org/ns/1.0
    | /kml/\d                                      # http://www.google.com/kml/ext/2.2, earth.google.com/kml/2.1
    | /kml/ext/
    | /-/spec/opensearch
    | /mrss/?\Z
    """,
    re.I | re.X,
)


def is_name(host: str, path: str) -> bool:
    """Whether an address is a name. `path` begins with its slash, or is empty."""
    # "javax.xml.transform..." is how XML parsers name their features.
    return host in HOSTS or host.startswith("javax.") or _PATHS.match(path) is not None
