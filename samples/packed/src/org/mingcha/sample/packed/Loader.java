package org.mingcha.sample.packed;

/** The only class: a packer would unpack the real ones from here. */
final class Loader {
    private Loader() {
    }

    static void load() {
        System.loadLibrary("jiagu");
    }
}
