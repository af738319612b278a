package org.mingcha.startup.hotfix;

import com.tencent.tinker.loader.app.TinkerApplication;

/** Names its delegate. */
public class App extends TinkerApplication {
    public App() {
        super("org.mingcha.startup.hotfix.RealApp");
    }
}
