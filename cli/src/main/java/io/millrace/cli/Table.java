package io.millrace.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Rows under headings, in aligned columns two spaces apart. Numbers stand right, everything else left.
final class Table {

    private static final String BOLD = "\u001b[1m";
    private static final String PLAIN = "\u001b[0m";

    private final List<String> headings;
    private final List<List<Object>> rows = new ArrayList<>();

    Table(String... headings) {
        this.headings = List.of(headings);
    }

    /// Adds a row; null is printed as `-`.
    Table row(@Nullable Object... cells) {
        if (cells.length != headings.size()) {
            throw new IllegalArgumentException(cells.length + " cells under " + headings.size() + " headings");
        }
        var row = new ArrayList<Object>();
        for (var cell : cells) row.add(cell == null ? "-" : cell);
        rows.add(row);
        return this;
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /// @param style whether the headings may be bold
    void print(Out out, boolean style) {
        int columns = headings.size();
        var widths = new int[columns];
        var right = new boolean[columns];
        for (int c = 0; c < columns; c++) {
            int column = c;
            widths[c] = width(headings.get(c));
            for (var row : rows)
                widths[c] = Math.max(widths[c], width(row.get(c).toString()));
            right[c] = rows.stream().anyMatch(row -> row.get(column) instanceof Number)
                    && rows.stream()
                            .allMatch(row -> row.get(column) instanceof Number
                                    || row.get(column).equals("-"));
        }
        var head = line(headings, widths, right);
        out.line(style ? BOLD + head + PLAIN : head);
        for (var row : rows) out.line(line(row, widths, right));
    }

    private static String line(List<?> cells, int[] widths, boolean[] right) {
        var line = new StringBuilder();
        for (int c = 0; c < cells.size(); c++) {
            var text = cells.get(c).toString();
            var space = " ".repeat(widths[c] - width(text));
            if (c > 0) line.append("  ");
            line.append(right[c] ? space + text : text + space);
        }
        return line.toString().stripTrailing();
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}
