package io.millrace.model.config;

import java.util.List;

/// The settings of a group, under Kafka's names. All of them are about the newer kinds of groups (consumer,
/// share, streams): they are checked and kept, and have no effect in this release.
public final class GroupSettings {

    /// Every setting of a group.
    public static final List<ConfigKey<?>> ALL = List.of(
            number("consumer.assignment.interval.ms", 1_000, 0),
            ConfigKey.flag("consumer.assignor.offload.enable", true).withoutEffect(),
            number("consumer.heartbeat.interval.ms", 5_000, 1),
            number("consumer.session.timeout.ms", 45_000, 1),
            ConfigKey.flag("errors.deadletterqueue.copy.record.enable", false).withoutEffect(),
            ConfigKey.text("errors.deadletterqueue.topic.name", "").withoutEffect(),
            number("share.assignment.interval.ms", 1_000, 0),
            ConfigKey.flag("share.assignor.offload.enable", true).withoutEffect(),
            ConfigKey.text("share.auto.offset.reset", "latest")
                    .allow(GroupSettings::isReset, "latest, earliest or by_duration:PnDTnHnMn.nS")
                    .withoutEffect(),
            number("share.delivery.count.limit", 5, 2),
            number("share.heartbeat.interval.ms", 5_000, 1),
            ConfigKey.oneOf("share.isolation.level", "read_uncommitted", "read_committed", "read_uncommitted")
                    .withoutEffect(),
            number("share.partition.max.record.locks", 2_000, 100),
            number("share.record.lock.duration.ms", 30_000, 1_000),
            ConfigKey.flag("share.renew.acknowledge.enable", true).withoutEffect(),
            number("share.session.timeout.ms", 45_000, 1),
            ConfigKey.bigNumber("streams.acceptable.recovery.lag", 10_000)
                    .allow(v -> v >= 0, "0 or more")
                    .withoutEffect(),
            number("streams.assignment.interval.ms", 1_000, 0),
            ConfigKey.text("streams.assignor.name", "").withoutEffect(),
            ConfigKey.flag("streams.assignor.offload.enable", true).withoutEffect(),
            number("streams.heartbeat.interval.ms", 5_000, 1),
            number("streams.initial.rebalance.delay.ms", 3_000, 0),
            number("streams.num.standby.replicas", 0, 0),
            number("streams.num.warmup.replicas", 2, 0),
            ConfigKey.list("streams.rack.aware.assignment.tags", "").withoutEffect(),
            number("streams.session.timeout.ms", 45_000, 1),
            number("streams.task.offset.interval.ms", 60_000, 1));

    private GroupSettings() {}

    private static ConfigKey<Integer> number(String name, int byDefault, int least) {
        var unit = name.endsWith(".ms") ? " milliseconds" : "";
        return ConfigKey.number(name, byDefault)
                .allow(v -> v >= least, least + " or more" + unit)
                .withoutEffect();
    }

    private static boolean isReset(String text) {
        if (text.equals("latest") || text.equals("earliest")) return true;
        if (!text.startsWith("by_duration:")) return false;
        try {
            return !java.time.Duration.parse(text.substring("by_duration:".length()))
                    .isNegative();
        } catch (java.time.format.DateTimeParseException e) {
            return false; // the bound's words say what is allowed
        }
    }
}
