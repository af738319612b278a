package org.mingcha.startup.rxsubscribe;

import android.app.Application;
import android.provider.Settings;
import android.util.Log;
import io.reactivex.Observable;
import io.reactivex.functions.Consumer;
import io.reactivex.schedulers.Schedulers;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Observable.fromCallable(new ImeiCall(this))
                .subscribeOn(Schedulers.io())
                .subscribe(new Consumer<String>() {
                    @Override
                    public void accept(String imei) {
                        Log.i("sample", imei + Settings.Secure.getString(App.this.getContentResolver(), Settings.Secure.ANDROID_ID));
                    }
                });
    }
}
