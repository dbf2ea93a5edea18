package io.millrace.metadata;

import io.millrace.metadata.MetadataRecord.AclAdded;
import io.millrace.metadata.MetadataRecord.AclRemoved;
import io.millrace.metadata.MetadataRecord.ClusterCreated;
import io.millrace.metadata.MetadataRecord.ConfigSet;
import io.millrace.metadata.MetadataRecord.ConfigUnset;
import io.millrace.metadata.MetadataRecord.FeatureLevelSet;
import io.millrace.metadata.MetadataRecord.NodeRegistered;
import io.millrace.metadata.MetadataRecord.PartitionChanged;
import io.millrace.metadata.MetadataRecord.PartitionPlaced;
import io.millrace.metadata.MetadataRecord.ProducerIdsAllocated;
import io.millrace.metadata.MetadataRecord.QuotaSet;
import io.millrace.metadata.MetadataRecord.QuotaUnset;
import io.millrace.metadata.MetadataRecord.ScramSet;
import io.millrace.metadata.MetadataRecord.ScramUnset;
import io.millrace.metadata.MetadataRecord.TopicBuried;
import io.millrace.metadata.MetadataRecord.TopicCreated;
import io.millrace.metadata.MetadataRecord.TopicDeleted;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.TreeMap;

/// The written form of metadata records, which outlives releases.
///
/// A list is its count, then the records. A record is its type, the version of its form, the length of
/// its body, its body. A form never changes: a record that needs another field gets another version, and
/// the old ones are read for ever. A type or version that this release does not know is refused, for a
/// node that skipped a fact would no longer have the cluster's image.
public final class MetadataRecordCodec {

    /// The only version there is of any record yet.
    private static final int VERSION = 1;

    private static final long HASH_SEED = 0xcbf29ce484222325L;
    private static final long HASH_FACTOR = 0x100000001b3L;

    private MetadataRecordCodec() {}

    /// @throws IllegalArgumentException when a text cannot be written as UTF-8
    public static byte[] encode(List<MetadataRecord> records) {
        var out = new FieldWriter();
        out.list(records, record -> write(record, out));
        return out.toBytes();
    }

    /// Reads a list that fills `bytes`, from their position to their limit.
    ///
    /// @throws UnreadableRecordException when they are none, or were written by a newer release
    public static List<MetadataRecord> decode(ByteBuffer bytes) {
        var in = new FieldReader(bytes.slice());
        var records = in.list(() -> read(in));
        if (!in.isAtEnd()) throw new UnreadableRecordException("there are bytes after the last record");
        return List.copyOf(records);
    }

    /// A number that depends on nothing but the records, the same on every machine (FNV-1a over their
    /// written form).
    static long hash(List<MetadataRecord> records) {
        long hash = HASH_SEED;
        for (byte b : encode(records)) hash = (hash ^ (b & 0xff)) * HASH_FACTOR;
        return hash;
    }

    private static void write(MetadataRecord record, FieldWriter out) {
        var body = new FieldWriter();
        int type = writeBody(record, body);
        out.octet(type);
        out.octet(VERSION);
        out.nested(body);
    }

    /// Returns the record's type, which is never given to another.
    private static int writeBody(MetadataRecord record, FieldWriter out) {
        return switch (record) {
            case ClusterCreated(var clusterId) -> {
                out.text(clusterId);
                yield 1;
            }
            case NodeRegistered(var node) -> {
                out.number(node.id());
                out.uuid(node.incarnation());
                out.text(node.rack());
                out.list(node.endpoints(), endpoint -> write(endpoint, out));
                out.flag(node.fenced());
                yield 2;
            }
            case TopicCreated(var topic, var name) -> {
                out.uuid(topic);
                out.text(name);
                yield 3;
            }
            case PartitionPlaced(var topic, int index, var state) -> {
                out.uuid(topic);
                out.count(index);
                write(state, out);
                yield 4;
            }
            case PartitionChanged(var topic, int index, var state) -> {
                out.uuid(topic);
                out.count(index);
                write(state, out);
                yield 5;
            }
            case TopicDeleted(var topic) -> {
                out.uuid(topic);
                yield 6;
            }
            case ConfigSet(var of, var name, var value) -> {
                write(of, out);
                out.text(name);
                out.text(value);
                yield 7;
            }
            case ConfigUnset(var of, var name) -> {
                write(of, out);
                out.text(name);
                yield 8;
            }
            case QuotaSet(var of, var name, double limit) -> {
                write(of, out);
                out.text(name);
                out.fraction(limit);
                yield 9;
            }
            case QuotaUnset(var of, var name) -> {
                write(of, out);
                out.text(name);
                yield 10;
            }
            case ScramSet(var user, var credential) -> {
                write(user, out);
                out.text(credential.salt());
                out.text(credential.storedKey());
                out.text(credential.serverKey());
                out.number(credential.iterations());
                yield 11;
            }
            case ScramUnset(var user) -> {
                write(user, out);
                yield 12;
            }
            case AclAdded(var id, var acl) -> {
                out.uuid(id);
                write(acl, out);
                yield 13;
            }
            case AclRemoved(var id) -> {
                out.uuid(id);
                yield 14;
            }
            case ProducerIdsAllocated(int node, long end) -> {
                out.number(node);
                out.number(end);
                yield 15;
            }
            case FeatureLevelSet(var feature, short level) -> {
                out.text(feature);
                out.number(level);
                yield 16;
            }
            case TopicBuried(var topic) -> {
                out.uuid(topic);
                yield 17;
            }
        };
    }

    private static MetadataRecord read(FieldReader in) {
        int type = in.octet();
        int version = in.octet();
        var body = in.nested();
        if (type >= 1 && type <= 17 && version != VERSION)
            throw new UnreadableRecordException(
                    "a metadata record of type %d has version %d; this release reads version %d"
                            .formatted(type, version, VERSION));
        var record = readBody(type, body);
        if (!body.isAtEnd())
            throw new UnreadableRecordException("a metadata record of type " + type + " is longer than its fields");
        return record;
    }

    private static MetadataRecord readBody(int type, FieldReader in) {
        return switch (type) {
            case 1 -> new ClusterCreated(in.text());
            case 2 ->
                new NodeRegistered(new Node(in.number(), in.uuid(), in.text(), in.list(() -> endpoint(in)), in.flag()));
            case 3 -> new TopicCreated(in.uuid(), in.text());
            case 4 -> new PartitionPlaced(in.uuid(), in.natural(), state(in));
            case 5 -> new PartitionChanged(in.uuid(), in.natural(), state(in));
            case 6 -> new TopicDeleted(in.uuid());
            case 7 -> new ConfigSet(resource(in), in.text(), in.text());
            case 8 -> new ConfigUnset(resource(in), in.text());
            case 9 -> new QuotaSet(entity(in), in.text(), in.fraction());
            case 10 -> new QuotaUnset(entity(in), in.text());
            case 11 -> new ScramSet(user(in), new ScramCredential(in.text(), in.text(), in.text(), in.number()));
            case 12 -> new ScramUnset(user(in));
            case 13 -> new AclAdded(in.uuid(), acl(in));
            case 14 -> new AclRemoved(in.uuid());
            case 15 -> new ProducerIdsAllocated(in.number(), in.big());
            case 16 -> new FeatureLevelSet(in.text(), (short) in.number());
            case 17 -> new TopicBuried(in.uuid());
            default ->
                throw new UnreadableRecordException(
                        "this release knows no metadata record of type " + type + "; was it written by a newer one?");
        };
    }

    private static void write(Endpoint endpoint, FieldWriter out) {
        out.text(endpoint.listener());
        out.text(endpoint.host());
        out.number(endpoint.port());
        out.text(endpoint.protocol());
    }

    private static Endpoint endpoint(FieldReader in) {
        return new Endpoint(in.text(), in.text(), in.number(), in.text());
    }

    private static void write(PartitionState state, FieldWriter out) {
        out.list(state.replicas(), id -> out.number(id));
        out.list(state.inSync(), id -> out.number(id));
        out.number(state.leader());
        out.number(state.leaderEpoch());
        out.number(state.partitionEpoch());
    }

    private static PartitionState state(FieldReader in) {
        return new PartitionState(in.list(in::number), in.list(in::number), in.number(), in.number(), in.number());
    }

    private static void write(ConfigResource resource, FieldWriter out) {
        out.octet(resource.kind().code());
        out.text(resource.name());
    }

    private static ConfigResource resource(FieldReader in) {
        int code = in.octet();
        try {
            return new ConfigResource(ConfigResource.Kind.of(code), in.text());
        } catch (IllegalArgumentException e) {
            throw new UnreadableRecordException("settings of an unknown kind of resource: " + code, e);
        }
    }

    private static void write(QuotaEntity entity, FieldWriter out) {
        out.list(entity.parts().entrySet(), part -> {
            out.text(part.getKey());
            out.text(part.getValue());
        });
    }

    private static QuotaEntity entity(FieldReader in) {
        var parts = new TreeMap<String, String>();
        int count = in.count();
        for (int i = 0; i < count; i++) parts.put(in.text(), in.text());
        return new QuotaEntity(parts);
    }

    private static void write(ScramUser user, FieldWriter out) {
        out.text(user.name());
        out.text(user.mechanism());
    }

    private static ScramUser user(FieldReader in) {
        return new ScramUser(in.text(), in.text());
    }

    private static void write(Acl acl, FieldWriter out) {
        out.octet(acl.resourceType());
        out.text(acl.resourceName());
        out.octet(acl.patternType());
        out.text(acl.principal());
        out.text(acl.host());
        out.octet(acl.operation());
        out.octet(acl.permission());
    }

    private static Acl acl(FieldReader in) {
        return new Acl((byte) in.octet(), in.text(), (byte) in.octet(), in.text(), in.text(), (byte) in.octet(), (byte)
                in.octet());
    }
}
