package io.millrace.broker;

import io.millrace.metadata.ControllerAnswer;
import io.millrace.metadata.ControllerCommand.ConfigEntry;
import io.millrace.metadata.ControllerCommand.CreateTopics;
import io.millrace.metadata.ControllerCommand.NewTopic;
import io.millrace.metadata.ControllerCommand.TopicDefaults;
import io.millrace.metadata.TopicName;
import io.millrace.model.Promise;
import io.millrace.quorum.Quorum;
import io.millrace.replica.Shard;
import io.millrace.replica.Shards;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/// Makes the topics that nobody made by hand: those a client merely mentions, and the ones brokers keep for
/// themselves.
public final class TopicMaker {

    /// Where groups keep their offsets.
    static final String OFFSETS = TopicName.CONSUMER_OFFSETS;

    /// What is special about the topics brokers keep for themselves.
    private static final List<ConfigEntry> OFFSETS_CONFIG = List.of(
            new ConfigEntry("cleanup.policy", "compact"),
            new ConfigEntry("compression.type", "producer"),
            new ConfigEntry("segment.bytes", Integer.toString(100 << 20)));

    private final Quorum quorum;
    private final Shards shards;
    private final Rules rules;

    /// @param mayMention        whether a client that mentions a topic may thereby make it
    /// @param defaults          for topics that leave it to the cluster
    /// @param offsetsPartitions into how many partitions groups are divided; fixed once the topic exists
    public record Rules(boolean mayMention, TopicDefaults defaults, int offsetsPartitions) {}

    TopicMaker(Quorum quorum, Shards shards, Rules rules) {
        this.quorum = quorum;
        this.shards = shards;
        this.rules = rules;
    }

    TopicDefaults defaults() {
        return rules.defaults();
    }

    static boolean isValidName(String name) {
        return TopicName.objection(name).isEmpty();
    }

    /// Makes the topics of `names` where that is allowed.
    ///
    /// @return kept when those that were made can be used; for the others, why not
    Promise<Map<String, Errors>> make(Call call, Set<String> names) {
        var wanted = new ArrayList<NewTopic>();
        var refused = new HashMap<String, Errors>();
        for (var name : names) {
            if (name.equals(OFFSETS)) {
                wanted.add(offsets());
            } else if (!isValidName(name)) {
                refused.put(name, Errors.INVALID_TOPIC_EXCEPTION);
            } else if (!rules.mayMention() || TopicName.isInternal(name)) {
                refused.put(name, Errors.UNKNOWN_TOPIC_OR_PARTITION);
            } else {
                wanted.add(new NewTopic(name, Uuid.randomUuid(), -1, -1, List.of(), List.of()));
            }
        }
        if (wanted.isEmpty()) return Promise.of(refused);
        return create(call, wanted).map(codes -> {
            codes.forEach((name, code) -> {
                if (code != Errors.NONE && code != Errors.TOPIC_ALREADY_EXISTS) refused.put(name, code);
            });
            return refused;
        });
    }

    /// The topic of group offsets, made now if need be.
    ///
    /// @return NONE, or why groups have no home yet
    Promise<Errors> makeOffsets(Call call) {
        if (call.image().topic(OFFSETS).isPresent()) return Promise.of(Errors.NONE);
        return make(call, Set.of(OFFSETS)).map(refused -> refused.getOrDefault(OFFSETS, Errors.NONE));
    }

    private NewTopic offsets() {
        return new NewTopic(OFFSETS, Uuid.randomUuid(), rules.offsetsPartitions(), -1, List.of(), OFFSETS_CONFIG);
    }

    private Promise<Map<String, Errors>> create(Call call, List<NewTopic> topics) {
        return quorum.ask(
                        new CreateTopics(
                                topics, rules.defaults(), call.image().topics().size(), false),
                        call.here().loop())
                .flatMap(answer -> {
                    var codes = new HashMap<String, Errors>();
                    if (!(answer instanceof ControllerAnswer.TopicsCreated(var created))) {
                        topics.forEach(topic -> codes.put(topic.name(), Errors.LEADER_NOT_AVAILABLE));
                        return Promise.of(codes);
                    }
                    created.forEach(one -> codes.put(one.name(), one.code()));
                    return whenUsable(
                                    call.here(),
                                    created.stream()
                                            .filter(one -> one.topic() != null)
                                            .map(one -> one.topic().id())
                                            .toList())
                            .map(_ -> codes);
                });
    }

    /// Kept when the loop of `here` sees the topics, and every partition of theirs on this node is open.
    Promise<Boolean> whenUsable(Shard here, Collection<Uuid> topics) {
        long index = quorum.image().index();
        var opened = new ArrayList<Promise<Boolean>>();
        for (var shard : shards.all()) {
            opened.add(shards.on(
                    shard, here, there -> there.whenAt(index).flatMap(_ -> there.whenOpen(topics)), () -> false));
        }
        return Promise.all(opened).map(_ -> true);
    }
}
