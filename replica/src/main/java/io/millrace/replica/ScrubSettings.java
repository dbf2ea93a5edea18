package io.millrace.replica;

import io.millrace.model.config.ConfigValues;
import io.millrace.model.config.ServerSettings;

/// How this node verifies what its disk holds. May change while it runs.
///
/// @param bytesPerSecond most that is read in a second, on average; 0: it does not
/// @param intervalMs     a pass begins at most so often
record ScrubSettings(long bytesPerSecond, long intervalMs) {

    /// @param values the server's
    static ScrubSettings from(ConfigValues values) {
        return new ScrubSettings(
                values.get(ServerSettings.SCRUB_RATE),
                values.get(ServerSettings.SCRUB_INTERVAL).toMillis());
    }

    boolean isOn() {
        return bytesPerSecond > 0;
    }
}
