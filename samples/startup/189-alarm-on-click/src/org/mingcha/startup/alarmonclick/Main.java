package org.mingcha.startup.alarmonclick;

import android.app.Activity;
import android.app.AlarmManager;
import android.app.PendingIntent;
import android.content.Intent;
import android.os.Bundle;
import android.view.View;
import android.widget.Button;

/** The launcher. */
public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Button button = new Button(this);
        button.setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                PendingIntent ring = PendingIntent.getBroadcast(Main.this, 2, new Intent(Main.this, Bell.class), 0);
                AlarmManager alarms = (AlarmManager) getSystemService(ALARM_SERVICE);
                alarms.set(AlarmManager.RTC_WAKEUP, System.currentTimeMillis() + 60000, ring);
            }
        });
        setContentView(button);
    }
}
