package kotlin;

/** Stand-in of our own under the library's name; no code of the library. */
public final class Unit {
    public static final Unit INSTANCE = new Unit();

    private Unit() {
    }
}
