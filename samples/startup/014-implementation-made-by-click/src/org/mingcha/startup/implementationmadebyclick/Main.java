package org.mingcha.startup.implementationmadebyclick;

import android.app.Activity;
import android.os.Bundle;
import android.util.Log;
import android.view.View;
import android.widget.Button;

/** The launcher. */
public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Holder.source = new QuietSource();
        Log.i("sample", "" + Holder.source.read(this));
        Button button = new Button(this);
        button.setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                Source source = new PhoneSource();
                source.read(Main.this);
            }
        });
        setContentView(button);
    }
}
