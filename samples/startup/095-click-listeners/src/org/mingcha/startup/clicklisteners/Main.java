package org.mingcha.startup.clicklisteners;

import android.app.Activity;
import android.content.Context;
import android.os.Bundle;
import android.telephony.TelephonyManager;
import android.text.Editable;
import android.text.TextWatcher;
import android.util.Log;
import android.view.MotionEvent;
import android.view.View;
import android.widget.AdapterView;
import android.widget.ArrayAdapter;
import android.widget.CheckBox;
import android.widget.CompoundButton;
import android.widget.EditText;
import android.widget.ListView;

/** The launcher. */
public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        ListView list = new ListView(this);
        list.setAdapter(new ArrayAdapter<String>(this, android.R.layout.simple_list_item_1, new String[] {"1"}));
        list.setOnItemClickListener(new AdapterView.OnItemClickListener() {
            @Override
            public void onItemClick(AdapterView<?> parent, View view, int position, long id) {
                Log.i("sample", ((TelephonyManager) Main.this.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
            }
        });
        list.setOnTouchListener(new View.OnTouchListener() {
            @Override
            public boolean onTouch(View view, MotionEvent event) {
                Log.i("sample", ((TelephonyManager) Main.this.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
                return false;
            }
        });
        CheckBox box = new CheckBox(this);
        box.setOnLongClickListener(new View.OnLongClickListener() {
            @Override
            public boolean onLongClick(View view) {
                Log.i("sample", ((TelephonyManager) Main.this.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
                return true;
            }
        });
        box.setOnCheckedChangeListener(new CompoundButton.OnCheckedChangeListener() {
            @Override
            public void onCheckedChanged(CompoundButton button, boolean checked) {
                Log.i("sample", ((TelephonyManager) Main.this.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
            }
        });
        EditText text = new EditText(this);
        text.addTextChangedListener(new TextWatcher() {
            @Override
            public void beforeTextChanged(CharSequence old, int start, int count, int after) {
            }

            @Override
            public void onTextChanged(CharSequence now, int start, int before, int count) {
            }

            @Override
            public void afterTextChanged(Editable now) {
                Log.i("sample", ((TelephonyManager) Main.this.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
            }
        });
        list.addHeaderView(box);
        list.addFooterView(text);
        setContentView(list);
    }
}
