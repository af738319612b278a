package org.mingcha.startup.inheritedframeworkcall;

import android.media.MediaRecorder;

/** A recorder that begins at once. */
final class Recorder extends MediaRecorder {
    void begin() {
        start();
    }
}
