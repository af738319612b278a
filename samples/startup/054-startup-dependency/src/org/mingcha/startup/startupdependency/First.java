package org.mingcha.startup.startupdependency;

import android.content.Context;
import android.util.Log;
import androidx.startup.Initializer;
import java.util.ArrayList;
import java.util.List;

/** A step of start-up that the library runs. */
public class First implements Initializer<Object> {
    @Override
    public Object create(Context context) {
        Log.i("sample", "last");
        return this;
    }

    @Override
    public List<Class<? extends Initializer<?>>> dependencies() {
        List<Class<? extends Initializer<?>>> needed = new ArrayList<Class<? extends Initializer<?>>>();
        needed.add(Second.class);
        return needed;
    }
}
