package org.mingcha.sample.violator;

import android.accounts.Account;
import android.accounts.AccountManager;
import android.app.Service;
import android.content.AbstractThreadedSyncAdapter;
import android.content.ContentProviderClient;
import android.content.ContentResolver;
import android.content.Context;
import android.content.Intent;
import android.content.SyncResult;
import android.os.Bundle;
import android.os.IBinder;

/** Wakes itself by an account of its own. */
public final class StartsItselfBySync extends Service {
    static void schedule(Context context) {
        Account account = new Account("sample", "org.mingcha.sample");
        AccountManager.get(context).addAccountExplicitly(account, null, null);
        ContentResolver.addPeriodicSync(account, "org.mingcha.sample.violator.notes", new Bundle(), 3600);
    }

    @Override
    public IBinder onBind(Intent intent) {
        return new Adapter(this).getSyncAdapterBinder();
    }

    /** Does nothing when it is woken; being awake is the aim. */
    static final class Adapter extends AbstractThreadedSyncAdapter {
        Adapter(Context context) {
            super(context, true);
        }

        @Override
        public void onPerformSync(
                Account account, Bundle extras, String authority, ContentProviderClient client, SyncResult result) {
        }
    }
}
