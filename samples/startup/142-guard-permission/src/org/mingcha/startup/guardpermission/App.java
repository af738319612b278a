package org.mingcha.startup.guardpermission;

import android.Manifest;
import android.app.Application;
import android.content.pm.PackageManager;
import android.util.Log;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        if (checkPermission(Manifest.permission.READ_PHONE_STATE, android.os.Process.myPid(), android.os.Process.myUid()) == PackageManager.PERMISSION_GRANTED) {
            Log.i("sample", Device.imei(this));
        }
    }
}
