package org.mingcha.sample.violator;

import android.app.Activity;
import android.os.Bundle;

/** Entry point; shows no policy and asks for no consent. */
public final class MainActivity extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        HidesLauncherIcon.hide(this);
        setContentView(new OpensInsecureWebView(this));
        new ReadsLocation().start(this);
        new ListensToAccelerometer().start(this);
        ReadsClipboard.text(this);
        StartsItselfByAlarm.schedule(this);
        StartsItselfByJob.schedule(this);
        DrawsOverlay.show(this);
        LogsPersonalData.log(this);
        KillsRivalApp.kill(this);
    }
}
