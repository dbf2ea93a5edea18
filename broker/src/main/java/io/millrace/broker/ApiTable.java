package io.millrace.broker;

import io.millrace.model.Promise;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/// Every request this broker answers, one row each, in the order of the protocol's numbers.
/// `ApiVersions` is printed from this table; there is no other list.
public final class ApiTable {

    /// One row: the API, the versions we speak, and who answers.
    record Row(ApiKeys api, short minVersion, short maxVersion, Handler<ApiMessage, ApiMessage> handler) {

        boolean speaks(short version) {
            return minVersion <= version && version <= maxVersion;
        }

        Promise<ApiMessage> handle(Call call, ApiMessage request) {
            return handler.handle(call, request);
        }
    }

    private final Map<ApiKeys, Row> rows = new EnumMap<>(ApiKeys.class);

    public ApiTable(Desk desk) {
        var alter = new AlterConfigsHandlers(desk.quorum(), desk.nodeId());
        var groups = desk.groups();
        var lookup = desk.lookup();

        row(ApiKeys.PRODUCE, 3, 13, new ProduceHandler(desk.shards()));
        row(ApiKeys.FETCH, 4, 18, desk.fetchHandler());
        row(
                ApiKeys.LIST_OFFSETS,
                1,
                11,
                new ListOffsetsHandler(
                        lookup,
                        FileErrands.of(desk.host()),
                        desk.host().codecs().reader()));
        row(ApiKeys.METADATA, 0, 13, new MetadataHandler(desk.maker()));
        row(ApiKeys.OFFSET_COMMIT, 2, 10, new OffsetCommitHandler(groups));
        row(ApiKeys.OFFSET_FETCH, 1, 10, new OffsetFetchHandler(groups));
        row(ApiKeys.FIND_COORDINATOR, 0, 6, new FindCoordinatorHandler(desk.maker()));
        row(ApiKeys.JOIN_GROUP, 0, 9, new JoinGroupHandler(groups, Uuid::randomUuid));
        row(ApiKeys.HEARTBEAT, 0, 4, new HeartbeatHandler(groups));
        row(ApiKeys.LEAVE_GROUP, 0, 5, new LeaveGroupHandler(groups));
        row(ApiKeys.SYNC_GROUP, 0, 5, new SyncGroupHandler(groups));
        row(ApiKeys.DESCRIBE_GROUPS, 0, 6, new DescribeGroupsHandler(groups));
        row(ApiKeys.LIST_GROUPS, 0, 5, new ListGroupsHandler(groups));
        row(ApiKeys.API_VERSIONS, 0, 5, new ApiVersionsHandler(this::rows, desk.nodeId()));
        row(ApiKeys.CREATE_TOPICS, 2, 7, new CreateTopicsHandler(desk.quorum(), desk.maker(), desk.configs()));
        row(ApiKeys.DELETE_TOPICS, 1, 6, new DeleteTopicsHandler(desk.quorum(), desk.maker(), desk.mayDeleteTopics()));
        row(ApiKeys.DELETE_RECORDS, 0, 2, new DeleteRecordsHandler(lookup));
        row(ApiKeys.INIT_PRODUCER_ID, 0, 5, new InitProducerIdHandler(desk.producerIds()));
        row(ApiKeys.OFFSET_FOR_LEADER_EPOCH, 2, 4, new OffsetForLeaderEpochHandler(lookup));
        row(ApiKeys.DESCRIBE_CONFIGS, 1, 4, new DescribeConfigsHandler(desk.configs(), desk.nodeId()));
        row(ApiKeys.ALTER_CONFIGS, 0, 2, alter::replace);
        row(ApiKeys.DESCRIBE_LOG_DIRS, 1, 5, new DescribeLogDirsHandler(desk.shards(), desk.space()));
        row(ApiKeys.CREATE_PARTITIONS, 0, 3, new CreatePartitionsHandler(desk.quorum(), desk.maker()));
        row(ApiKeys.DELETE_GROUPS, 0, 3, new DeleteGroupsHandler(groups));
        row(ApiKeys.INCREMENTAL_ALTER_CONFIGS, 0, 1, alter::incremental);
        row(ApiKeys.OFFSET_DELETE, 0, 0, new OffsetDeleteHandler(groups));
        row(ApiKeys.DESCRIBE_CLUSTER, 0, 2, new DescribeClusterHandler());
        row(ApiKeys.DESCRIBE_PRODUCERS, 0, 0, new DescribeProducersHandler(lookup));
        row(ApiKeys.GET_TELEMETRY_SUBSCRIPTIONS, 0, 0, TelemetryHandlers::subscriptions);
        row(ApiKeys.PUSH_TELEMETRY, 0, 0, TelemetryHandlers::push);
        row(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, 0, 0, new DescribeTopicPartitionsHandler());
    }

    List<Row> rows() {
        return List.copyOf(rows.values());
    }

    @Nullable
    Row row(ApiKeys api) {
        return rows.get(api);
    }

    /// Ties an API to its handler. A row's message classes and its handler's fit because kafka-clients pairs them by
    /// key; a scenario asks a running broker for every row in every version, and a test compares the versions with
    /// those that Kafka holds to be stable.
    @SuppressWarnings("unchecked")
    private <Q extends ApiMessage, A extends ApiMessage> void row(
            ApiKeys api, int minVersion, int maxVersion, Handler<Q, A> handler) {
        rows.put(api, new Row(api, (short) minVersion, (short) maxVersion, (Handler<ApiMessage, ApiMessage>)
                (Handler<?, ?>) handler));
    }
}
