package io.millrace.model.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Puts together what a server is told: files, then `--set` over them, then flags over those, whatever the
/// order they are added in. Text in, values and problems out; whoever calls reads the files.
///
/// Everything is read to the end, so that all problems are told at once.
public final class SettingsReader {

    /// Longer texts are no property files.
    private static final int MAX_TEXT = 1 << 20;

    /// How much of a line that makes no sense is shown, in characters.
    private static final int MAX_SHOWN = 60;

    private static final String SET = "--set";

    private final Map<String, Settings.Given> files = new LinkedHashMap<>();
    private final Map<String, Settings.Given> sets = new LinkedHashMap<>();
    private final Map<String, Settings.Given> flags = new LinkedHashMap<>();
    private final List<Settings.Problem> problems = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();

    /// Adds a property file; a later file wins over an earlier one.
    ///
    /// @param name how problems call it
    /// @param text what is in it
    public SettingsReader file(String name, String text) {
        if (text.length() > MAX_TEXT) {
            problem(name, "", "is longer than 1 MiB, so it is no property file");
            return this;
        }
        var properties = PropertiesText.of(text);
        for (var broken : properties.broken()) problem(name + ":" + broken.line(), "", broken.sentence());
        var layer = new LinkedHashMap<String, Settings.Given>();
        for (var entry : properties.entries()) {
            var where = name + ":" + entry.line();
            if (isProse(entry)) problem(where, "", "'%s' is no property: a line is NAME=VALUE".formatted(shown(entry)));
            else put(layer, entry.name(), entry.value(), where);
        }
        lay(layer, files);
        return this;
    }

    /// Words with blanks between them are a property only when the first one is a setting.
    private static boolean isProse(PropertiesText.Entry entry) {
        return !entry.hasSign() && Catalogue.findForServer(entry.name()) instanceof Catalogue.Unknown;
    }

    private static String shown(PropertiesText.Entry entry) {
        var text = (entry.name() + " " + entry.value()).strip();
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
    }

    /// Adds the values of `--set`, each `NAME=VALUE`.
    public SettingsReader sets(List<String> assignments) {
        for (var assignment : assignments) {
            int equals = assignment.indexOf('=');
            if (equals <= 0 || assignment.substring(0, equals).isBlank()) {
                problem(SET, "", "'%s' must be NAME=VALUE".formatted(assignment));
                continue;
            }
            put(sets, assignment.substring(0, equals).trim(), assignment.substring(equals + 1), SET);
        }
        return this;
    }

    /// Adds the value of a flag that stands for one setting.
    ///
    /// @param flag as the user wrote it, say `--listen`
    /// @param name the setting it stands for
    public SettingsReader flag(String flag, String name, String value) {
        put(flags, name, value, flag);
        return this;
    }

    /// Everything that was added, layer over layer, checked one by one and together.
    public Settings read() {
        var all = new TreeMap<String, Settings.Given>();
        lay(files, all);
        lay(sets, all);
        lay(flags, all);

        var found = new ArrayList<>(problems);
        var said = new ArrayList<>(remarks);
        for (var name : List.copyOf(all.keySet())) check(name, all, found, said);
        if (found.isEmpty()) found.addAll(Together.problems(all));
        return new Settings(all, found, said);
    }

    private static void check(
            String name, Map<String, Settings.Given> all, List<Settings.Problem> found, List<String> said) {
        var given = all.get(name);
        if (given == null) return;
        switch (Catalogue.findForServer(name)) {
            case Catalogue.Known(var key) -> checkValue(key, given, all, found);
            case Catalogue.Accepted accepted -> {
                said.add("%s: %s %s".formatted(given.where(), name, accepted.why()));
                if (accepted.key() != null) checkValue(accepted.key(), given, all, found);
            }
            case Catalogue.Unknown unknown -> {
                found.add(new Settings.Problem(given.where(), name, unknown.why()));
                all.remove(name);
            }
        }
    }

    private static void checkValue(
            ConfigKey<?> key, Settings.Given given, Map<String, Settings.Given> all, List<Settings.Problem> found) {
        try {
            key.parse(given.text());
        } catch (IllegalArgumentException e) {
            var sentence = String.valueOf(e.getMessage());
            var start = key.name() + ": ";
            found.add(new Settings.Problem(
                    given.where(),
                    key.name(),
                    sentence.startsWith(start) ? sentence.substring(start.length()) : sentence));
            all.remove(key.name());
        }
    }

    /// The same value twice in one layer is worth a word; two different ones are a contradiction.
    private void put(Map<String, Settings.Given> layer, String name, String text, String where) {
        var before = layer.put(name, new Settings.Given(text, where));
        if (before == null) return;
        if (before.text().trim().equals(text.trim()))
            remarks.add("%s: %s is given twice, first at %s".formatted(where, name, before.where()));
        else
            problem(
                    where,
                    name,
                    "is given twice: '%s' here, '%s' at %s".formatted(text, before.text(), before.where()));
    }

    /// Puts `upper` over `below`; of settings with the same meaning, those of the upper layer only count.
    private static void lay(Map<String, Settings.Given> upper, Map<String, Settings.Given> below) {
        for (var same : ServerSettings.SAME_MEANING)
            if (same.stream().anyMatch(upper::containsKey)) below.keySet().removeAll(same);
        below.putAll(upper);
    }

    private void problem(String where, String setting, String sentence) {
        problems.add(new Settings.Problem(where, setting, sentence));
    }
}
