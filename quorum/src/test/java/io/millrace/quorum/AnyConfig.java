package io.millrace.quorum;

import io.millrace.metadata.ConfigResource;
import io.millrace.metadata.ConfigRules;
import java.util.Map;
import java.util.Optional;

/// Takes every setting.
record AnyConfig() implements ConfigRules {

    @Override
    public Optional<Objection> objection(ConfigResource of, Map<String, String> settings) {
        return Optional.empty();
    }

    @Override
    public boolean isList(ConfigResource.Kind kind, String name) {
        return false;
    }

    @Override
    public String defaultText(ConfigResource.Kind kind, String name) {
        return "";
    }
}
