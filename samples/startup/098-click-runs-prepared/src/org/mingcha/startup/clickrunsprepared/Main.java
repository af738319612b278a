package org.mingcha.startup.clickrunsprepared;

import android.app.Activity;
import android.os.Bundle;
import android.view.View;
import android.widget.Button;

/** The launcher. */
public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        final Runnable prepared = new ImeiReader(this);
        Runnable now = new MacReader(this);
        Button button = new Button(this);
        button.setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                new Thread(prepared).start();
            }
        });
        setContentView(button);
        new Thread(now).start();
    }
}
