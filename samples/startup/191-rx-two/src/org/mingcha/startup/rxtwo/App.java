package org.mingcha.startup.rxtwo;

import android.app.Application;
import android.util.Log;
import io.reactivex.Observable;
import io.reactivex.schedulers.Schedulers;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Observable<String> idle = Observable.fromCallable(new MacCall(this));
        Log.i("sample", "built " + (idle != null));
        Observable.fromCallable(new ImeiCall(this)).subscribeOn(Schedulers.io()).subscribe(new Printer());
    }
}
