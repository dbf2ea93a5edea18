package io.millrace.metadata;

import java.util.Map;
import org.apache.kafka.common.Uuid;

/// Who may do what, and how much of it.
///
/// @param quotas limits by their names, by whom they limit
/// @param acls   by their ids
public record AccessFacts(
        Map<QuotaEntity, Map<String, Double>> quotas, Map<ScramUser, ScramCredential> scram, Map<Uuid, Acl> acls) {

    static final AccessFacts NONE = new AccessFacts(Map.of(), Map.of(), Map.of());

    public AccessFacts {
        quotas = Map.copyOf(quotas);
        scram = Map.copyOf(scram);
        acls = Map.copyOf(acls);
    }
}
