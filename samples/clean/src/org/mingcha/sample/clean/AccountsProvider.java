package org.mingcha.sample.clean;

import android.content.ContentProvider;
import android.content.ContentValues;
import android.database.Cursor;
import android.database.sqlite.SQLiteDatabase;
import android.net.Uri;

/** Near miss: not open to other apps, and its SQL takes values as parameters. */
public final class AccountsProvider extends ContentProvider {
    private SQLiteDatabase database;

    @Override
    public boolean onCreate() {
        database = SQLiteDatabase.create(null);
        return true;
    }

    @Override
    public Cursor query(Uri uri, String[] columns, String where, String[] values, String order) {
        return database.rawQuery("SELECT name FROM accounts WHERE id = ?", new String[] {uri.getLastPathSegment()});
    }

    @Override
    public String getType(Uri uri) {
        return null;
    }

    @Override
    public Uri insert(Uri uri, ContentValues values) {
        return null;
    }

    @Override
    public int delete(Uri uri, String where, String[] values) {
        return 0;
    }

    @Override
    public int update(Uri uri, ContentValues values, String where, String[] arguments) {
        return 0;
    }
}
