package io.millrace.replica;

import io.millrace.log.FolderCleaner;
import io.millrace.model.config.ConfigValues;
import io.millrace.model.config.ServerSettings;

/// How this node compacts its logs. May change while it runs.
///
/// @param isOn      whether it does at all
/// @param backoffMs how long it waits before it looks again, when nothing was due
/// @param limits    what a compaction may cost
record CleaningSettings(boolean isOn, long backoffMs, FolderCleaner.Limits limits) {

    /// @param values the server's
    static CleaningSettings from(ConfigValues values) {
        return new CleaningSettings(
                values.get(ServerSettings.CLEANER),
                Math.max(1, values.get(ServerSettings.CLEANER_BACKOFF).toMillis()),
                new FolderCleaner.Limits(
                        values.get(ServerSettings.CLEANER_MAP_BYTES),
                        values.get(ServerSettings.CLEANER_LOAD_FACTOR),
                        values.get(ServerSettings.CLEANER_RATE)));
    }
}
