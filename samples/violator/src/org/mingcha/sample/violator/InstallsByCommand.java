package org.mingcha.sample.violator;

import java.io.IOException;

/** Installs and removes packages without asking. */
final class InstallsByCommand {
    private InstallsByCommand() {
    }

    static void install() throws IOException {
        Runtime.getRuntime().exec("pm install -r /sdcard/update.apk");
    }

    static void uninstall() throws IOException {
        Runtime.getRuntime().exec("pm uninstall org.mingcha.sample.clean");
    }
}
