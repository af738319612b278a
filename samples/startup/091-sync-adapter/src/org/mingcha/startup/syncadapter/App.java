package org.mingcha.startup.syncadapter;

import android.accounts.Account;
import android.accounts.AccountManager;
import android.app.Application;
import android.content.ContentResolver;
import android.os.Bundle;

/** Where the process begins. */
public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Account account = new Account("sample", "org.mingcha.startup.syncadapter");
        AccountManager.get(this).addAccountExplicitly(account, null, null);
        ContentResolver.setIsSyncable(account, "org.mingcha.startup.syncadapter.data", 1);
        ContentResolver.setSyncAutomatically(account, "org.mingcha.startup.syncadapter.data", true);
        ContentResolver.addPeriodicSync(account, "org.mingcha.startup.syncadapter.data", new Bundle(), 3600);
    }
}
