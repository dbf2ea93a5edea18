package io.millrace.acceptance.client;

import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/// Arguments of the form `name=value`.
final class Args {

    private static final String CLIENT = "client.";

    private final Map<String, String> values = new HashMap<>();

    Args(String[] args) {
        for (var arg : args) {
            int at = arg.indexOf('=');
            if (at < 0) throw new IllegalArgumentException("not name=value: " + arg);
            values.put(arg.substring(0, at), arg.substring(at + 1));
        }
    }

    String text(String name) {
        var value = values.get(name);
        if (value == null) throw new IllegalArgumentException("no " + name + "=...");
        return value;
    }

    String text(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    int number(String name, int otherwise) {
        var value = values.get(name);
        return value == null ? otherwise : Integer.parseInt(value);
    }

    /// The settings of the client, with the address.
    Properties client() {
        var properties = new Properties();
        properties.put("bootstrap.servers", text("bootstrap"));
        values.forEach((name, value) -> {
            if (name.startsWith(CLIENT)) properties.put(name.substring(CLIENT.length()), value);
        });
        return properties;
    }
}
