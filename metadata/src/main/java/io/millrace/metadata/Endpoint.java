package io.millrace.metadata;

/// Where clients reach a node through one of its listeners.
///
/// @param listener the listener's name
/// @param host     as advertised, a name or an address
/// @param port     1 to 65535
/// @param protocol `PLAINTEXT`, `SSL`, `SASL_PLAINTEXT` or `SASL_SSL`
public record Endpoint(String listener, String host, int port, String protocol) {}
