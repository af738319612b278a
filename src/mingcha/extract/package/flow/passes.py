"""Library calls that hand a value on: what comes out of a call that something personal went into.

Three modes. DATA is the value or a text of it; BOX an object that holds it among others, so that a look-up
by another key yields nothing of it; HANDLE only leads to it (a content URI, a reflected method, a file not
yet opened) and is itself nobody's secret. Sources: Java SE, Android and Kotlin API references.
"""

from __future__ import annotations

HANDLE, BOX, DATA = 1, 2, 3

# Effects, one letter each:
#   r  the result is DATA if an argument or the receiver is BOX or DATA
#   k  the result has the mode that went in
#   w  the receiver (and what is returned) becomes DATA by an argument
#   c  a constructor: the receiver gets the mode of the argument
#   b  the receiver (and what is returned) becomes a BOX by an argument
#   i  a member of the receiver: DATA out of BOX or DATA
#   o  the first argument is filled from the receiver
#   h  the result, or the object made, is what a HANDLE leads to
#   p  a constructor: the receiver leads to what its argument leads to
_STRING = dict.fromkeys(
    ["concat", "replace", "replaceAll", "replaceFirst", "substring", "subSequence", "trim", "strip", "toLowerCase", "toUpperCase", "intern", "split", "toCharArray", "getBytes", "valueOf", "copyValueOf", "format", "join", "toString", "repeat"], "r"
)  # fmt: skip
_BUILDER = {"<init>": "w", "append": "w", "insert": "w", "replace": "w", "toString": "r", "substring": "r", "reverse": "r"}
_PUTS = dict.fromkeys(
    ["put", "putAll", "putOpt", "putIfAbsent", "accumulate", "append", "setProperty", "putString", "putInt", "putLong", "putDouble", "putFloat", "putStringArray", "putStringArrayList", "putParcelable", "putSerializable", "putBundle", "putByteArray", "putCharSequence", "putExtra", "putExtras", "setData", "setDataAndType", "setClipData"], "b"
)  # fmt: skip
_READER = {"<init>": "ch", "readLine": "r", "lines": "k", "read": "o", "readFully": "o", "next": "r", "nextLine": "r"}
_READER |= {"readUTF": "r", "readInt": "r", "readLong": "r", "readAllBytes": "r", "readObject": "r"}
_OPENED = _READER | {"<init>": "h"}
_NUMBER = dict.fromkeys(["valueOf", "toString", "toHexString", "toBinaryString", "parseInt", "parseLong", "parseDouble", "parseFloat", "intValue", "longValue", "doubleValue", "floatValue"], "r")

PASSES: dict[str, dict[str, str]] = {
    # ---- texts and numbers
    "Ljava/lang/Object;": {"toString": "r"},
    "Ljava/lang/String;": {"<init>": "w", **_STRING},
    "Ljava/lang/CharSequence;": {"toString": "r", "subSequence": "r"},
    "Ljava/lang/AbstractStringBuilder;": _BUILDER,
    "Ljava/lang/StringBuilder;": _BUILDER,
    "Ljava/lang/StringBuffer;": _BUILDER,
    "Ljava/util/StringJoiner;": {"add": "w", "toString": "r"},
    "Ljava/util/Formatter;": {"format": "w", "toString": "r"},
    "Ljava/lang/Integer;": _NUMBER, "Ljava/lang/Long;": _NUMBER, "Ljava/lang/Double;": _NUMBER, "Ljava/lang/Float;": _NUMBER,
    "Ljava/lang/Number;": _NUMBER,
    "Ljava/lang/Math;": dict.fromkeys(["round", "abs", "floor", "ceil", "sqrt", "pow", "max", "min", "hypot", "toDegrees"], "r"),
    "Landroid/util/FloatMath;": {"sqrt": "r"},
    "Ljava/math/BigInteger;": {"<init>": "w", "toString": "r"},
    "Ljava/math/BigDecimal;": {"<init>": "w", "valueOf": "r", "setScale": "r", "doubleValue": "r", "toString": "r"},
    "Ljava/text/Format;": {"format": "r"},
    "Ljava/util/Objects;": {"toString": "r", "requireNonNull": "k"},
    "Ljava/util/UUID;": {"nameUUIDFromBytes": "r", "<init>": "w", "toString": "r"},
    "Landroid/text/TextUtils;": {"join": "r", "concat": "r", "htmlEncode": "r"},
    "Landroid/text/format/Formatter;": {"formatIpAddress": "r"},
    "Lkotlin/jvm/internal/Intrinsics;": {"stringPlus": "r"},
    # ---- encoders
    "Landroid/util/Base64;": {"encode": "r", "encodeToString": "r", "decode": "r"},
    "Ljava/util/Base64$Encoder;": {"encode": "r", "encodeToString": "r"},
    "Ljava/util/Base64$Decoder;": {"decode": "r"},
    "Ljava/net/URLEncoder;": {"encode": "r"}, "Ljava/net/URLDecoder;": {"decode": "r"},
    "Ljava/security/MessageDigest;": {"update": "b", "digest": "r"},
    "Ljavax/crypto/Mac;": {"update": "b", "doFinal": "r"},
    "Ljavax/crypto/Cipher;": {"update": "r", "doFinal": "r"},
    "Landroid/net/Uri;": {"encode": "r", "parse": "k", "toString": "r", "withAppendedPath": "k", "buildUpon": "k"},
    "Landroid/net/Uri$Builder;": {"appendQueryParameter": "w", "appendPath": "w", "build": "k", "toString": "r"},
    "Landroid/content/ContentUris;": {"withAppendedId": "k"},
    "Ljava/net/URI;": {"<init>": "w", "create": "r", "toString": "r"},
    # ---- containers
    "Lorg/json/JSONObject;": {"<init>": "c", "toString": "r", **_PUTS},
    "Lorg/json/JSONArray;": {"<init>": "c", "put": "b", "toString": "r", "join": "r", "get": "i", "optString": "i"},
    "Ljava/util/Map;": {"<init>": "c", "entrySet": "k", "values": "k", "keySet": "k", **_PUTS},
    "Ljava/util/Map$Entry;": {"getValue": "i", "getKey": "i"},
    "Ljava/util/Collection;": {
        "<init>": "c", "add": "b", "addAll": "b", "addFirst": "b", "addLast": "b", "offer": "b", "push": "b", "set": "b",
        "get": "i", "toArray": "k", "stream": "k", "subList": "k", "poll": "i", "pop": "i", "peek": "i", "getFirst": "i",
        "listIterator": "k", "toString": "r", "iterator": "k", "removeFirst": "i",
    },
    "Ljava/lang/Iterable;": {"iterator": "k"},
    "Ljava/util/Iterator;": {"next": "i"}, "Ljava/util/Enumeration;": {"nextElement": "i"},
    "Ljava/util/Collections;": dict.fromkeys(["unmodifiableList", "unmodifiableMap", "unmodifiableSet", "singletonList", "singleton", "synchronizedList", "synchronizedMap", "list", "enumeration"], "k"),
    "Ljava/util/Arrays;": {"asList": "k", "copyOf": "k", "copyOfRange": "k", "toString": "r", "stream": "k"},
    "Landroid/content/ContentValues;": _PUTS, "Landroid/os/BaseBundle;": _PUTS, "Landroid/os/Bundle;": _PUTS,
    "Landroid/content/Intent;": {"<init>": "c", **_PUTS},
    "Landroid/util/SparseArray;": {"put": "b", "append": "b", "valueAt": "i"},
    "Landroid/util/Pair;": {"<init>": "c", "create": "k"}, "Lkotlin/Pair;": {"<init>": "c", "getSecond": "i"},
    "Ljava/lang/ref/Reference;": {"<init>": "c", "get": "i"},
    "Ljava/util/concurrent/atomic/AtomicReference;": {"<init>": "c", "set": "b", "get": "i"},
    "Ljava/util/Optional;": {"of": "k", "ofNullable": "k", "get": "i", "orElse": "i"},
    "Lorg/apache/http/message/BasicNameValuePair;": {"<init>": "c"},
    "Landroid/content/ClipData;": {"newPlainText": "k", "newHtmlText": "k", "newUri": "k", "<init>": "c"},
    "Landroid/content/ClipData$Item;": {"<init>": "c"},
    "Lcom/google/gson/Gson;": {"toJson": "r"}, "Lcom/alibaba/fastjson/JSON;": {"toJSONString": "r"},
    # ---- streams in memory, readers
    "Ljava/io/ByteArrayOutputStream;": {"write": "w", "toByteArray": "r", "toString": "r"},
    "Ljava/io/StringWriter;": {"write": "w", "append": "w", "toString": "r"},
    "Ljava/nio/ByteBuffer;": {"wrap": "r", "put": "w", "putLong": "w", "putInt": "w", "array": "r"},
    "Ljava/io/InputStream;": _READER, "Ljava/io/Reader;": _READER, "Ljava/util/Scanner;": _READER,
    # A file whose name is personal need not have personal content.
    "Ljava/io/RandomAccessFile;": _OPENED, "Ljava/io/FileInputStream;": _OPENED, "Ljava/io/FileReader;": _OPENED,
    "Ljava/io/File;": {"<init>": "p", "listFiles": "h", "list": "h"},
    # ---- what leads to a value
    "Ljava/lang/reflect/Method;": {"invoke": "h"}, "Ljava/lang/reflect/Field;": {"get": "h"},
    "Landroid/content/ContentResolver;": {"query": "h", "acquireContentProviderClient": "k"},
    "Landroid/content/ContentProviderClient;": {"query": "h"},
    "Ljava/lang/ProcessBuilder;": {"start": "k"}, "Ljava/lang/Process;": {"getInputStream": "h"},
}  # fmt: skip

# Of an object that is personal as a whole, what says nothing about the person.
PLAIN = frozenset(
    """equals hashCode getClass length size isEmpty compareTo indexOf lastIndexOf contains containsKey startsWith
    endsWith matches charAt getCount getColumnIndex getColumnIndexOrThrow getColumnName getColumnNames getPosition
    getColumnCount getTime getAccuracy getProvider getElapsedRealtimeNanos getRssi getLinkSpeed getFrequency
    getSupplicantState getNetworkId getDisplayName getMTU getIndex getType describeContents available
    getItemCount waitFor exitValue getErrorStream hasNext hasMoreElements getDescription getMimeType getScheme
    getAuthority getPackageManager ordinal getTimestamp getWidth getHeight getFormat getRowStride getPixelStride getState
    getSize getByteCount getDensity remaining position limit capacity""".split()  # noqa: SIM905
)
# Sources whose value is no more than a state or a count, or mostly the app's own.
STATES = frozenset(
    """PackageInfo#firstInstallTime PackageInfo#lastUpdateTime Telephony$Sms.getDefaultSmsPackage
    TelecomManager.getDefaultDialerPackage PackageManager.getNameForUid PackageManager.getPackagesForUid
    WallpaperManager.getWallpaperInfo TelephonyManager.getSimState TelephonyManager.getPhoneType
    TelephonyManager.getPhoneCount TelephonyManager.getActiveModemCount TelephonyManager.getSupportedModemCount
    TelephonyManager.getCallState TelephonyManager.getServiceState TelephonyManager.getSignalStrength
    WifiInfo.getNetworkId AccountManager.getAuthenticatorTypes Account#type GpsStatus.getSatellites
    GnssStatus.getAzimuthDegrees GnssStatus.getSvid LinkProperties.getDnsServers DhcpInfo#gateway DhcpInfo#dns1
    DhcpInfo#serverAddress ClipboardManager.getPrimaryClipDescription NeighboringCellInfo.getRssi
    NetworkInterface.getNetworkInterfaces NetworkInterface.getByName ActivityManager.getAppTasks
    ActivityManager.getProcessesInErrorState SubscriptionManager.getActiveSubscriptionInfoCount
    SubscriptionManager.getActiveSubscriptionInfoCountMax SubscriptionInfo.getSimSlotIndex
    SubscriptionManager.getDefaultSubscriptionId SubscriptionManager.getDefaultDataSubscriptionId
    AccessibilityManager.getEnabledAccessibilityServiceList TextToSpeech.getEngines WifiManager.startScan
    WebView.getCertificate""".split()  # noqa: SIM905
)
# Members of objects that need not be the user's: what an intent brought, the address of a server. They hand
# on what is followed, and begin nothing.
MEMBERS = frozenset({"ClipData$Item.getText", "ClipData$Item.coerceToText", "ClipData$Item.getUri", "InetAddress.getHostAddress"})
