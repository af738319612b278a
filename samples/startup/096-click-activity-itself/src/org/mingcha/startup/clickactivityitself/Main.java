package org.mingcha.startup.clickactivityitself;

import android.app.Activity;
import android.content.Context;
import android.net.wifi.WifiManager;
import android.os.Bundle;
import android.provider.Settings;
import android.telephony.TelephonyManager;
import android.util.Log;
import android.view.KeyEvent;
import android.view.Menu;
import android.view.MenuItem;
import android.view.View;
import android.widget.Button;

/** The launcher. */
public class Main extends Activity implements View.OnClickListener {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Button button = new Button(this);
        button.setOnClickListener(this);
        setContentView(button);
    }

    @Override
    public void onClick(View view) {
        Log.i("sample", ((TelephonyManager) getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
    }

    @Override
    public boolean onCreateOptionsMenu(Menu menu) {
        menu.add("read");
        return true;
    }

    @Override
    public boolean onOptionsItemSelected(MenuItem item) {
        Log.i("sample", ((WifiManager) getSystemService(Context.WIFI_SERVICE)).getConnectionInfo().getMacAddress());
        return true;
    }

    @Override
    public void onBackPressed() {
        Log.i("sample", Settings.Secure.getString(getContentResolver(), Settings.Secure.ANDROID_ID));
        super.onBackPressed();
    }

    @Override
    public boolean onKeyDown(int code, KeyEvent event) {
        Log.i("sample", "" + getPackageManager().getInstalledPackages(0).size());
        return super.onKeyDown(code, event);
    }
}
