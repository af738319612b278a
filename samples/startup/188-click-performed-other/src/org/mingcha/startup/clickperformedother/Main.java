package org.mingcha.startup.clickperformedother;

import android.app.Activity;
import android.content.Context;
import android.os.Bundle;
import android.telephony.TelephonyManager;
import android.util.Log;
import android.view.View;
import android.widget.Button;
import android.widget.CheckBox;

/** The launcher. */
public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Button quiet = new Button(this);
        quiet.setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                Log.i("sample", "clicked");
            }
        });
        CheckBox reading = new CheckBox(this);
        reading.setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                Log.i("sample", ((TelephonyManager) Main.this.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
            }
        });
        setContentView(reading);
        quiet.performClick();
    }
}
