package io.millrace.metadata;

/// What a server keeps in place of a password (RFC 5802). Its text form hides it.
///
/// @param salt       in Base64, like the keys
/// @param iterations of the hash over the password
public record ScramCredential(String salt, String storedKey, String serverKey, int iterations) {

    @Override
    public String toString() {
        return "ScramCredential[hidden]";
    }
}
