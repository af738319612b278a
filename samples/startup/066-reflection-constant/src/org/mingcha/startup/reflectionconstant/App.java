package org.mingcha.startup.reflectionconstant;

import android.app.Application;
import android.content.Context;
import android.util.Log;
import java.lang.reflect.Method;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        try {
            Method method = Class.forName("org.mingcha.startup.reflectionconstant.Target").getMethod("collect", Context.class);
            method.invoke(null, this);
        } catch (ReflectiveOperationException e) {
            Log.i("sample", "absent");
        }
    }
}
