package org.mingcha.startup.coroutineonclick;

import android.app.Activity;
import android.os.Bundle;
import android.view.View;
import android.widget.Button;
import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.CoroutineStart;
import kotlinx.coroutines.Dispatchers;
import kotlinx.coroutines.GlobalScope;

/** The launcher. */
public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Button button = new Button(this);
        button.setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                launch();
            }
        });
        setContentView(button);
    }

    void launch() {
        BuildersKt.launch$default(GlobalScope.INSTANCE, Dispatchers.getIO(), CoroutineStart.DEFAULT, new Block(this, null), 2, null);
    }
}
