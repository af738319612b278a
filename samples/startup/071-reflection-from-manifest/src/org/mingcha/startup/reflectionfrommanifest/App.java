package org.mingcha.startup.reflectionfrommanifest;

import android.app.Application;
import android.content.pm.PackageManager;
import android.os.Bundle;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        try {
            Bundle meta = getPackageManager().getApplicationInfo(getPackageName(), PackageManager.GET_META_DATA).metaData;
            ((Step) Class.forName(meta.getString("step")).newInstance()).run(this);
        } catch (PackageManager.NameNotFoundException | ReflectiveOperationException e) {
            Log.i("sample", "absent");
        }
    }
}
