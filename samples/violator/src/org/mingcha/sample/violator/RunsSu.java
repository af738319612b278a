package org.mingcha.sample.violator;

import java.io.IOException;

/** Asks for root. */
final class RunsSu {
    private RunsSu() {
    }

    static Process root() throws IOException {
        return Runtime.getRuntime().exec("su");
    }
}
