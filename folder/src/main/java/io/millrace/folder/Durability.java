package io.millrace.folder;

/// When a record counts as kept: the values of the topic setting `durability`.
public enum Durability {

    /// Once the operating system has it: it survives the end of the process, and not a power cut.
    PAGE_CACHE("page-cache"),

    /// Once it is on the disk.
    FSYNC("fsync");

    private final String setting;

    Durability(String setting) {
        this.setting = setting;
    }

    /// What the setting says for it.
    public String setting() {
        return setting;
    }

    /// @throws IllegalArgumentException when the setting has no such value
    public static Durability of(String setting) {
        for (var one : values()) {
            if (one.setting.equals(setting)) return one;
        }
        throw new IllegalArgumentException("durability '" + setting + "' is neither page-cache nor fsync");
    }
}
