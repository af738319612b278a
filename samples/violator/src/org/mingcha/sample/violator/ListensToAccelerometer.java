package org.mingcha.sample.violator;

import android.content.Context;
import android.content.Intent;
import android.hardware.Sensor;
import android.hardware.SensorEvent;
import android.hardware.SensorEventListener;
import android.hardware.SensorManager;
import android.net.Uri;

/** Listens to movement, as shake-to-jump advertisements do. */
final class ListensToAccelerometer implements SensorEventListener {
    private Context context;

    void start(Context context) {
        this.context = context;
        SensorManager manager = (SensorManager) context.getSystemService(Context.SENSOR_SERVICE);
        manager.registerListener(
                this, manager.getDefaultSensor(Sensor.TYPE_ACCELEROMETER), SensorManager.SENSOR_DELAY_GAME);
    }

    @Override
    public void onSensorChanged(SensorEvent event) {
        if (Math.abs(event.values[0]) > 3) {
            context.startActivity(new Intent(Intent.ACTION_VIEW, Uri.parse("http://ads.mingcha.example/jump")));
        }
    }

    @Override
    public void onAccuracyChanged(Sensor sensor, int accuracy) {
    }
}
