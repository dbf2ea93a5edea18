package io.millrace.sim;

/// Something that must hold does not.
public final class Violation extends AssertionError {

    private static final long serialVersionUID = 1;

    /// @param invariant its id, as the list of invariants has it
    /// @param what      what was found, with the values
    public Violation(String invariant, String what) {
        super(invariant + ": " + what);
    }

    /// The same, found as an accident.
    public Violation(String invariant, String what, Throwable cause) {
        super(invariant + ": " + what, cause);
    }
}
