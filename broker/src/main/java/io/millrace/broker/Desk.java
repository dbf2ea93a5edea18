package io.millrace.broker;

import io.millrace.quorum.Quorum;
import io.millrace.replica.Hosting;
import io.millrace.replica.Shards;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/// What the handlers work with; `node` lays it out once.
///
/// @param host    this node's id, folder, clock and codecs
/// @param configs which settings hold where
/// @param space   the data folder and its file system
/// @param limits  what bounds single requests
public record Desk(
        Hosting host,
        Shards shards,
        Quorum quorum,
        Groups groups,
        ConfigView configs,
        Supplier<DataSpace> space,
        Limits limits) {

    /// The data folder, its file system's size and what is left of it.
    ///
    /// @param totalBytes  -1 when it cannot be told
    /// @param usableBytes likewise
    public record DataSpace(String path, long totalBytes, long usableBytes) {}

    /// What the server's settings say about requests.
    ///
    /// @param fetchMaxBytes   the most bytes of records in one answer
    /// @param fetchSessions   how many fetch sessions are kept
    /// @param mayDeleteTopics what `delete.topic.enable` says
    /// @param topics          which topics are made by being mentioned, and how
    public record Limits(int fetchMaxBytes, int fetchSessions, boolean mayDeleteTopics, TopicMaker.Rules topics) {}

    int nodeId() {
        return host.nodeId();
    }

    PartitionLookup lookup() {
        return new PartitionLookup(shards);
    }

    TopicMaker maker() {
        return new TopicMaker(quorum, shards, limits.topics());
    }

    boolean mayDeleteTopics() {
        return limits.mayDeleteTopics();
    }

    FetchHandler fetchHandler() {
        return new FetchHandler(
                shards,
                new ColdReads(FileErrands.of(host)),
                host.clock(),
                limits.fetchMaxBytes(),
                FetchHandler.Kept.inHeap(limits.fetchSessions()),
                new Random());
    }

    List<ProducerIds> producerIds() {
        return shards.all().stream()
                .map(shard -> new ProducerIds(quorum, shard.loop(), nodeId()))
                .toList();
    }
}
