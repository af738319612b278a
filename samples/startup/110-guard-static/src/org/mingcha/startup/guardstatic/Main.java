package org.mingcha.startup.guardstatic;

import android.app.Activity;
import android.os.Bundle;
import android.util.Log;
import android.view.View;
import android.widget.Button;

/** The launcher. */
public class Main extends Activity {
    static boolean agreed;

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Button button = new Button(this);
        button.setText("同意隐私政策");
        button.setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                agreed = true;
            }
        });
        setContentView(button);
    }

    @Override
    protected void onResume() {
        super.onResume();
        if (agreed) {
            Log.i("sample", Device.imei(this));
        }
    }
}
