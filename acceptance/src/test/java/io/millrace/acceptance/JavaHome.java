package io.millrace.acceptance;

import java.nio.file.Path;

/// The JVM that runs the tests also runs what they start.
final class JavaHome {

    private JavaHome() {}

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
