package org.mingcha.sample.clean;

/** Near miss: the word "su" is a surname here and no command; nothing is executed. */
final class SurnameList {
    private SurnameList() {
    }

    static boolean isSurname(String word) {
        for (String name : new String[] {"su", "li", "wang"}) {
            if (name.equals(word)) {
                return true;
            }
        }
        return false;
    }
}
