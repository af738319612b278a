package org.mingcha.startup.fragment;

import android.app.Fragment;
import android.content.Context;
import android.net.wifi.WifiManager;
import android.os.Bundle;
import android.util.Log;
import android.view.LayoutInflater;
import android.view.View;
import android.view.ViewGroup;

/** A part of a screen. */
public class LatePart extends Fragment {
    @Override
    public View onCreateView(LayoutInflater inflater, ViewGroup container, Bundle state) {
        Log.i("sample", ((WifiManager) getActivity().getSystemService(Context.WIFI_SERVICE)).getConnectionInfo().getMacAddress());
        return new View(getActivity());
    }
}
