package io.millrace.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;

/// The version this program was built as.
final class Version {

    private Version() {}

    static String own() {
        var properties = new Properties();
        try (var in = Objects.requireNonNull(Version.class.getResourceAsStream("version.properties"))) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException("the version of this program cannot be read", e);
        }
        return properties.getProperty("version", "unknown");
    }
}
