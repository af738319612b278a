package org.mingcha.sample.violator;

import android.database.Cursor;
import android.database.sqlite.SQLiteDatabase;

/** Builds SQL from its argument. */
final class ConcatenatesSql {
    private ConcatenatesSql() {
    }

    static Cursor find(SQLiteDatabase database, String name) {
        return database.rawQuery("SELECT * FROM notes WHERE name = '" + name + "'", null);
    }
}
