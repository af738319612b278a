package org.mingcha.sample.violator;

import android.content.Context;
import android.database.Cursor;
import android.provider.ContactsContract;

/** Reads the address book. */
final class ReadsContacts {
    private ReadsContacts() {
    }

    static Cursor all(Context context) {
        return context.getContentResolver().query(
                ContactsContract.CommonDataKinds.Phone.CONTENT_URI, null, null, null, null);
    }
}
