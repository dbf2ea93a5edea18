package io.millrace.broker;

import io.millrace.coordinator.group.GroupAnswer;
import io.millrace.coordinator.group.GroupAnswer.JoinRefused;
import io.millrace.coordinator.group.GroupAnswer.Joined;
import io.millrace.coordinator.group.GroupAnswer.Refused;
import io.millrace.coordinator.group.GroupCommand.Client;
import io.millrace.coordinator.group.GroupCommand.Join;
import io.millrace.coordinator.group.GroupCommand.Joiner;
import io.millrace.coordinator.group.GroupCommand.Terms;
import io.millrace.coordinator.group.GroupCommand.Who;
import io.millrace.coordinator.group.Opaque;
import io.millrace.coordinator.group.Protocol;
import io.millrace.model.Promise;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// JoinGroup, versions 0 to 9. The answer may wait for the whole group.
final class JoinGroupHandler implements Handler<JoinGroupRequestData, JoinGroupResponseData> {

    /// From this version on a new member is given its id first, and asks again with it.
    private static final int RETURNS_WITH_ID = 4;

    /// From this version on the protocol's name may be null.
    private static final int NULL_PROTOCOL = 7;

    private static final int SKIPS_ASSIGNMENT = 9;
    private static final int MAX_REASON_CHARS = 255;

    private final GroupShards groups;
    private final Supplier<Uuid> freshIds;

    JoinGroupHandler(GroupShards groups, Supplier<Uuid> freshIds) {
        this.groups = groups;
        this.freshIds = freshIds;
    }

    @Override
    public Promise<JoinGroupResponseData> handle(Call call, JoinGroupRequestData request) {
        int version = call.version();
        var who = new Who(request.memberId(), request.groupInstanceId());
        var client = new Client(call.clientId(), hostOf(call));
        var terms = terms(request, version);
        var joiner = new Joiner(
                freshIds.get(), version >= RETURNS_WITH_ID, version >= SKIPS_ASSIGNMENT, reason(request.reason()));
        return groups.ask(
                        call.here(),
                        request.groupId(),
                        token -> new Join(token, request.groupId(), who, client, terms, joiner))
                .map(answer -> response(call, answer, request));
    }

    /// Version 0 knows one time for both.
    private static Terms terms(JoinGroupRequestData request, int version) {
        int sessionMs = request.sessionTimeoutMs();
        int rebalanceMs = version == 0 ? sessionMs : request.rebalanceTimeoutMs();
        var protocols = request.protocols().stream()
                .map(protocol -> new Protocol(protocol.name(), Opaque.of(protocol.metadata())))
                .toList();
        return new Terms(sessionMs, Math.max(rebalanceMs, 0), request.protocolType(), protocols);
    }

    private static JoinGroupResponseData response(Call call, GroupAnswer answer, JoinGroupRequestData request) {
        return switch (answer) {
            case Joined joined -> joined(joined);
            case JoinRefused refused -> refused(call, refused.code(), refused.memberId());
            case Refused refused -> refused(call, refused.code(), request.memberId());
            default -> throw GroupCodes.unexpected(answer);
        };
    }

    private static JoinGroupResponseData joined(Joined joined) {
        var response = new JoinGroupResponseData()
                .setMemberId(joined.memberId())
                .setGenerationId(joined.generation())
                .setProtocolType(joined.protocolType())
                .setProtocolName(joined.protocol())
                .setLeader(joined.leader())
                .setSkipAssignment(joined.skipAssignment());
        for (var member : joined.members()) {
            response.members()
                    .add(new JoinGroupResponseMember()
                            .setMemberId(member.memberId())
                            .setGroupInstanceId(member.instanceId())
                            .setMetadata(member.metadata().bytes()));
        }
        return response;
    }

    private static JoinGroupResponseData refused(Call call, Errors code, String memberId) {
        return new JoinGroupResponseData()
                .setErrorCode(GroupCodes.told(call, code))
                .setMemberId(memberId)
                .setProtocolName(call.version() >= NULL_PROTOCOL ? null : "");
    }

    private static String reason(@Nullable String reason) {
        if (reason == null) return "";
        return reason.substring(0, Math.min(reason.length(), MAX_REASON_CHARS));
    }

    /// As Kafka shows it: the address behind a slash.
    private static String hostOf(Call call) {
        var address = call.connection().remote().getAddress();
        return address == null ? "" : "/" + address.getHostAddress();
    }
}
