package org.mingcha.startup.fragment;

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
        button.setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                getFragmentManager().beginTransaction().add(android.R.id.content, new LatePart()).commit();
            }
        });
        setContentView(button);
        getFragmentManager().beginTransaction().add(android.R.id.content, new FirstPart()).commit();
    }
}
