package org.mingcha.startup.rxneversubscribed;

import android.app.Application;
import android.util.Log;
import io.reactivex.Observable;
import io.reactivex.schedulers.Schedulers;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Observable<String> idle = Observable.fromCallable(new ImeiCall(this)).subscribeOn(Schedulers.io());
        Log.i("sample", "built " + (idle != null));
    }
}
