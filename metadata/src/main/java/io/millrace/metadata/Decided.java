package io.millrace.metadata;

import java.util.List;

/// What the controller makes of a command: facts for the log, and what to answer once they are committed.
public record Decided(List<MetadataRecord> records, ControllerAnswer answer) {

    public Decided {
        records = List.copyOf(records);
    }

    static Decided only(ControllerAnswer answer) {
        return new Decided(List.of(), answer);
    }
}
