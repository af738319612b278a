package org.mingcha.sample.violator;

import android.media.MediaRecorder;

/** Switches the microphone on. */
final class RecordsSound {
    private RecordsSound() {
    }

    static void start() {
        MediaRecorder recorder = new MediaRecorder();
        recorder.setAudioSource(MediaRecorder.AudioSource.MIC);
        recorder.start();
    }
}
