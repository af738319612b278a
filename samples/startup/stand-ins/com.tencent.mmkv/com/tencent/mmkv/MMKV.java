package com.tencent.mmkv;

import android.content.Context;

/** Stand-in of our own under the library's name; no code of the library. */
public class MMKV {
    private final long handle;

    private MMKV(long handle) {
        this.handle = handle;
    }

    public static void initialize(Context context) {
        System.loadLibrary("mmkv");
    }

    public static MMKV defaultMMKV() {
        return new MMKV(getDefault());
    }

    public boolean decodeBool(String key, boolean otherwise) {
        return decodeBool(handle, key, otherwise);
    }

    public boolean encode(String key, boolean value) {
        return encodeBool(handle, key, value);
    }

    private static native long getDefault();

    private static native boolean decodeBool(long handle, String key, boolean otherwise);

    private static native boolean encodeBool(long handle, String key, boolean value);
}
