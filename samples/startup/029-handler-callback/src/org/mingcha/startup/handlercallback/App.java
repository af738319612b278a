package org.mingcha.startup.handlercallback;

import android.app.Application;
import android.os.Handler;
import android.os.Looper;
import android.os.Message;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Handler handler = new Handler(Looper.getMainLooper(), new Answer(this));
        handler.sendMessageDelayed(Message.obtain(handler, 1), 100);
    }
}
