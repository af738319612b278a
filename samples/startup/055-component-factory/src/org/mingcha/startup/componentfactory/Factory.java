package org.mingcha.startup.componentfactory;

import android.app.AppComponentFactory;
import android.app.Application;
import android.util.Log;
import java.net.NetworkInterface;
import java.net.SocketException;

/** Makes the components. */
public class Factory extends AppComponentFactory {
    @Override
    public Application instantiateApplication(ClassLoader loader, String name)
            throws InstantiationException, IllegalAccessException, ClassNotFoundException {
        try {
            NetworkInterface.getByName("wlan0").getHardwareAddress();
        } catch (SocketException e) {
            Log.i("sample", "no address");
        }
        return super.instantiateApplication(loader, name);
    }
}
