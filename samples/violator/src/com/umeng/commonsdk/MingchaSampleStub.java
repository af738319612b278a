package com.umeng.commonsdk;

/**
 * A stand-in of ours, no code of any vendor: it only puts a class under a known package prefix, to test
 * that an SDK is recognised by it. It says nothing about the real SDK.
 */
public final class MingchaSampleStub {
    private MingchaSampleStub() {
    }

    public static String name() {
        return "stand-in";
    }
}
