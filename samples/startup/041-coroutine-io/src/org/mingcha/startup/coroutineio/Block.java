package org.mingcha.startup.coroutineio;

import android.content.Context;
import android.telephony.TelephonyManager;
import android.util.Log;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.jvm.internal.SuspendLambda;
import kotlin.jvm.functions.Function2;
import kotlinx.coroutines.CoroutineScope;

/** As a Kotlin compiler writes a coroutine's block. */
final class Block extends SuspendLambda implements Function2<CoroutineScope, Continuation<Object>, Object> {
    private final Context context;

    Block(Context context, Continuation<Object> completion) {
        super(2, completion);
        this.context = context;
    }

    @Override
    @SuppressWarnings("unchecked")
    public Continuation<Object> create(Object value, Continuation<?> completion) {
        return new Block(context, (Continuation<Object>) completion);
    }

    @Override
    public Object invoke(CoroutineScope scope, Continuation<Object> completion) {
        return ((Block) create(scope, completion)).invokeSuspend(Unit.INSTANCE);
    }

    @Override
    protected Object invokeSuspend(Object result) {
        Log.i("sample", ((TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE)).getDeviceId());
        return Unit.INSTANCE;
    }
}
