package org.mingcha.sample.violator;

import android.app.Application;

/** Reads identifiers as soon as the process starts, before anybody could agree. */
public final class ViolatorApplication extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        ReadsDeviceIdentifiers.all(this);
        ReadsMacAddress.fromWifi(this);
        ListsInstalledApps.all(this);
        cn.jpush.android.MingchaSampleStub.read(this);
        com.umeng.commonsdk.MingchaSampleStub.name();
    }
}
