package io.millrace.model.config;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a server was told at its start, read and checked. [SettingsReader] makes it.
///
/// @param given    by name, the layers put together; what is wrong is not in it
/// @param problems what is wrong; a server with problems does not start
/// @param remarks  what is worth saying once: names that are accepted without effect, values given twice
public record Settings(Map<String, Given> given, List<Problem> problems, List<String> remarks) {

    /// One value.
    ///
    /// @param text  as it was given
    /// @param where a place: `server.properties:12`, `--set`, `--listen`
    public record Given(String text, String where) {}

    /// What is wrong, and where.
    ///
    /// @param where    a place, see [Given]
    /// @param setting  the setting's name; empty when there is none
    /// @param sentence what is wrong and what is allowed, without the name
    public record Problem(String where, String setting, String sentence) {

        @Override
        public String toString() {
            return where + ": " + (setting.isEmpty() ? "" : setting + ": ") + sentence;
        }
    }

    public Settings {
        given = Map.copyOf(given);
        problems = List.copyOf(problems);
        remarks = List.copyOf(remarks);
    }

    /// The values as text, for [ServerLayers] and [ConfigValues].
    public Map<String, String> texts() {
        var texts = new TreeMap<String, String>();
        given.forEach((name, value) -> texts.put(name, value.text()));
        return texts;
    }

    public ConfigValues values() {
        return ConfigValues.of(texts());
    }
}
