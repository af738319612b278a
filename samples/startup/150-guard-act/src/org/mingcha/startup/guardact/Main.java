package org.mingcha.startup.guardact;

import android.app.Activity;
import android.os.Bundle;
import android.view.View;
import android.widget.Button;

/** The launcher. */
public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Button button = new Button(this);
        button.setText("2");
        button.setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                getSharedPreferences("app", MODE_PRIVATE).edit().putInt("level", 2).apply();
            }
        });
        setContentView(button);
    }
}
