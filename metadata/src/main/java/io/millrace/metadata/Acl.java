package io.millrace.metadata;

/// One access rule, in Kafka's words.
///
/// @param resourceType  code of Kafka's `ResourceType`
/// @param resourceName  literal name, prefix, or `*`
/// @param patternType   code of Kafka's `PatternType`
/// @param principal     say `User:anna`
/// @param host          address, or `*`
/// @param operation     code of Kafka's `AclOperation`
/// @param permission    code of Kafka's `AclPermissionType`
public record Acl(
        byte resourceType,
        String resourceName,
        byte patternType,
        String principal,
        String host,
        byte operation,
        byte permission) {}
