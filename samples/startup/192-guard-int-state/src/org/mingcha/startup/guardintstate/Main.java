package org.mingcha.startup.guardintstate;

import android.app.Activity;
import android.os.Bundle;
import android.util.Log;
import android.view.View;
import android.widget.Button;

/** The launcher. */
public class Main extends Activity {
    static int stage = -1;

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Button button = new Button(this);
        button.setText("同意隐私政策");
        button.setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                stage = 2;
            }
        });
        setContentView(button);
    }

    @Override
    protected void onResume() {
        super.onResume();
        switch (stage()) {
            case 1:
                Log.i("sample", "waiting");
                break;
            case 2:
                Log.i("sample", Device.imei(this));
                break;
            default:
                break;
        }
        collect(stage());
    }

    private void collect(int mode) {
        if (mode == 2) {
            Log.i("sample", Device.mac(this));
        }
    }

    private static int stage() {
        return stage;
    }
}
