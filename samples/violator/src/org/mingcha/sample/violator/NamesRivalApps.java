package org.mingcha.sample.violator;

import android.content.pm.PackageManager;

/** Looks for the apps of others, one by one. */
final class NamesRivalApps {
    private NamesRivalApps() {
    }

    private static final String[] NAMES = {
        "com.tencent.mm", "com.tencent.mobileqq", "com.tencent.qqlive", "com.sina.weibo", "com.taobao.taobao",
        "com.eg.android.AlipayGphone", "com.jingdong.app.mall", "com.xunmeng.pinduoduo", "com.baidu.searchbox",
        "com.ss.android.ugc.aweme", "com.ss.android.article.news", "com.smile.gifmaker", "com.netease.cloudmusic",
        "com.qiyi.video", "com.youku.phone", "tv.danmaku.bili", "com.sankuai.meituan", "com.UCMobile",
    };

    static int installed(PackageManager packages) {
        int found = 0;
        for (String name : NAMES) {
            try {
                packages.getPackageInfo(name, 0);
                found++;
            } catch (PackageManager.NameNotFoundException e) {
                continue;
            }
        }
        return found;
    }
}
