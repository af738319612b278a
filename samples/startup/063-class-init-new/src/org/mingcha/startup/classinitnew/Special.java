package org.mingcha.startup.classinitnew;

/** A subclass without initialiser. */
final class Special extends Config {
}
