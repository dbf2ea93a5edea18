package io.millrace.broker;

import io.millrace.metadata.ClusterImage;
import io.millrace.metadata.Endpoint;
import io.millrace.metadata.MetadataRecord;
import io.millrace.metadata.Node;
import io.millrace.metadata.PartitionState;
import io.millrace.metadata.TopicName;
import io.millrace.model.Promise;
import io.millrace.model.config.ConfigValues;
import io.millrace.model.metrics.Metrics;
import io.millrace.model.record.BatchFilter;
import io.millrace.model.record.BatchPacker;
import io.millrace.model.record.RecordReader;
import io.millrace.replica.Codecs;
import io.millrace.replica.Hosting;
import io.millrace.replica.Shard;
import io.millrace.wire.Request;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageUtil;

/// Calls as they come from a connection, and a cluster of one node.
final class Calls {

    static final String LISTENER = "CLIENTS";
    static final Uuid ORDERS = new Uuid(3, 4);

    private Calls() {}

    /// A call in the cluster of [#cluster].
    static Call of(int version) {
        return of(version, shard(cluster()));
    }

    static Call of(int version, Shard here) {
        var request = new Request(ApiKeys.API_VERSIONS, (short) version, 1, "app", ByteBuffer.allocate(0));
        return new Call(
                request,
                new Caller(here.loop()),
                here,
                new Lent(ByteBuffer.allocate(0)),
                new ApiMeters(Metrics.NONE, ApiKeys.API_VERSIONS),
                new RequestMemory(Long.MAX_VALUE, Metrics.NONE));
    }

    /// A shard that has seen `image`. It is one of no shards, so it keeps no partition and
    /// opens nothing.
    static Shard shard(ClusterImage image) {
        var shard = new Shard(new AtOnce(), host());
        shard.follow(image);
        return shard;
    }

    /// What a shard is given. Nothing is opened in these stories, so there is no folder.
    @SuppressWarnings("NullAway")
    static Hosting host() {
        RecordReader noReader = (batch, visitor) -> {
            throw new UnsupportedOperationException("no records in this story");
        };
        BatchPacker noPacker = (batch, codec, level) -> {
            throw new UnsupportedOperationException("no records in this story");
        };
        BatchFilter noFilter = (batch, kept, horizon) -> {
            throw new UnsupportedOperationException("no records in this story");
        };
        return new Hosting(
                7,
                null,
                new Codecs(noReader, noPacker, noFilter),
                AtOnce.CLOCK,
                Metrics.NONE,
                (_, _) -> ConfigValues.EMPTY,
                _ -> ConfigValues.EMPTY);
    }

    /// Asks, and makes sure that the answer can be written in the version of the call.
    static <Q extends ApiMessage, A extends ApiMessage> A ask(Handler<Q, A> handler, int version, Q request) {
        return written(handler.handle(of(version), request), version);
    }

    static <A extends ApiMessage> A written(Promise<A> promise, int version) {
        var answer = promise.value();
        MessageUtil.toByteBufferAccessor(answer, (short) version);
        return answer;
    }

    /// Node 7 leads every partition of `orders` and of the topic of groups.
    static ClusterImage cluster() {
        var records = new ArrayList<MetadataRecord>();
        records.add(node());
        addTopic(records, "orders", ORDERS, 2);
        addTopic(records, TopicName.CONSUMER_OFFSETS, new Uuid(5, 6), 16);
        return ClusterImage.EMPTY.after(records, 1);
    }

    /// Node 7 is there.
    static MetadataRecord node() {
        var endpoints = List.of(new Endpoint(LISTENER, "example.org", 9092, "PLAINTEXT"));
        return new MetadataRecord.NodeRegistered(new Node(7, Uuid.ONE_UUID, "", endpoints, false));
    }

    private static void addTopic(List<MetadataRecord> records, String name, Uuid id, int partitions) {
        records.add(new MetadataRecord.TopicCreated(id, name));
        for (int i = 0; i < partitions; i++) {
            records.add(new MetadataRecord.PartitionPlaced(id, i, PartitionState.begin(List.of(7))));
        }
    }
}
