package org.mingcha.startup.coroutinemain;

import android.app.Application;
import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.CoroutineStart;
import kotlinx.coroutines.Dispatchers;
import kotlinx.coroutines.GlobalScope;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        BuildersKt.launch$default(GlobalScope.INSTANCE, Dispatchers.getMain(), CoroutineStart.DEFAULT, new Block(this, null), 2, null);
    }
}
