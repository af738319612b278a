package org.mingcha.startup.guardsplashbranch;

import android.app.Activity;
import android.content.Intent;
import android.os.Bundle;
import android.util.Log;
import android.view.View;
import android.widget.Button;

/** Asks for consent. */
public class Ask extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Log.i("sample", Device.mac(this));
        Button button = new Button(this);
        button.setText("同意隐私政策");
        button.setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                getSharedPreferences("app", MODE_PRIVATE).edit().putBoolean("agreed", true).apply();
                startActivity(new Intent(Ask.this, Home.class));
                finish();
            }
        });
        setContentView(button);
    }
}
