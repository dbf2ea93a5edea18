package io.millrace.http;

import java.util.ArrayList;
import java.util.List;

/// The labels of one meter.
record Labels(List<String> names, List<String> values) {

    /// @param pairs name, value, name, value
    static Labels of(String... pairs) {
        if (pairs.length % 2 != 0)
            throw new IllegalArgumentException("labels come in pairs of name and value: " + List.of(pairs));
        var names = new ArrayList<String>(pairs.length / 2);
        var values = new ArrayList<String>(pairs.length / 2);
        for (int i = 0; i < pairs.length; i += 2) {
            names.add(pairs[i]);
            values.add(pairs[i + 1]);
        }
        return new Labels(List.copyOf(names), List.copyOf(values));
    }
}
