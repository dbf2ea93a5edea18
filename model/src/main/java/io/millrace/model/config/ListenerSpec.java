package io.millrace.model.config;

/// One place where clients may connect.
///
/// @param name     in capitals, the only one of this name
/// @param protocol how clients must speak there
/// @param at       where to listen
public record ListenerSpec(String name, Protocol protocol, HostPort at) {

    /// How bytes are protected on a connection.
    public enum Protocol {
        PLAINTEXT,
        SSL,
        SASL_PLAINTEXT,
        SASL_SSL
    }

    @Override
    public String toString() {
        return name + "://" + at;
    }
}
