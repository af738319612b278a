package org.mingcha.startup.reflectionnewinstance;

import android.app.Application;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        try {
            ((Step) Class.forName("org.mingcha.startup.reflectionnewinstance.ImeiStep").newInstance()).run(this);
        } catch (ReflectiveOperationException e) {
            Log.i("sample", "absent");
        }
    }
}
