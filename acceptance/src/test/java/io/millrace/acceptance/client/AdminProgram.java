package io.millrace.acceptance.client;

import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/// One pass over what an old administrator's client can ask: `bootstrap`, `topic` (is made and deleted), `group`
/// (is there and empty), `full` (a topic with records in partition 0). Says one line for each step, and `done`.
public final class AdminProgram {

    private AdminProgram() {}

    public static void main(String[] arguments) throws Exception {
        var args = new Args(arguments);
        var topic = args.text("topic");
        try (var admin = AdminClient.create(args.client())) {
            System.out.println("nodes " + admin.describeCluster().nodes().get().size());
            var made = new NewTopic(topic, 2, (short) 1).configs(Map.of("retention.ms", "3600000"));
            admin.createTopics(List.of(made)).all().get();
            awaitListed(admin, topic, true);
            System.out.println(
                    "again " + refusal(admin.createTopics(List.of(made)).all()));
            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(5)))
                    .all()
                    .get();
            System.out.println("shrink "
                    + refusal(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(1)))
                            .all()));
            configs(admin, topic);
            groups(admin, args.text("group"));
            var cut = Map.of(new TopicPartition(args.text("full"), 0), RecordsToDelete.beforeOffset(3));
            admin.deleteRecords(cut).all().get();
            admin.deleteTopics(List.of(topic)).all().get();
            awaitListed(admin, topic, false);
        }
        System.out.println("done");
        System.exit(0);
    }

    /// A broker may answer before all of it knows.
    private static void awaitListed(AdminClient admin, String topic, boolean wanted) throws Exception {
        long deadlineNs = System.nanoTime() + 30_000_000_000L;
        while (admin.listTopics().names().get().contains(topic) != wanted) {
            if (System.nanoTime() - deadlineNs > 0) throw new IllegalStateException(topic + " listed: " + !wanted);
        }
        System.out.println("listed " + topic + " " + wanted);
    }

    private static void configs(AdminClient admin, String topic) throws Exception {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        System.out.println("retention " + value(admin, resource, "retention.ms"));
        // Replaces everything: what is not named goes back to its default. Clients since 4.0 have it no more.
        var replaced = new Config(List.of(new ConfigEntry("max.message.bytes", "5000")));
        invokeAll(admin, "alterConfigs", Map.of(resource, replaced));
        System.out.println("max-message " + value(admin, resource, "max.message.bytes"));
        System.out.println(
                "retention-replaced " + !value(admin, resource, "retention.ms").equals("3600000"));
    }

    private static String value(AdminClient admin, ConfigResource resource, String name) throws Exception {
        var configs = admin.describeConfigs(List.of(resource)).all().get();
        var config = configs.get(resource);
        if (config == null) throw new IllegalStateException("no configs of " + resource);
        return config.get(name).value();
    }

    @SuppressWarnings("removal") // the newer name of the listing is not in the old clients
    private static void groups(AdminClient admin, String group) throws Exception {
        var ids = admin.listConsumerGroups().all().get().stream()
                .map(listing -> listing.groupId())
                .collect(Collectors.toSet());
        System.out.println("listed " + ids.contains(group));
        var described = admin.describeConsumerGroups(List.of(group)).all().get().get(group);
        if (described == null) throw new IllegalStateException("no description of " + group);
        System.out.println("members " + described.members().size());
        var offsets = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get();
        System.out.println("offsets " + offsets.size());
        admin.deleteConsumerGroups(List.of(group)).all().get();
    }

    /// Calls a method that not every client has.
    private static void invokeAll(AdminClient admin, String method, Map<?, ?> argument) throws Exception {
        try {
            var result = AdminClient.class.getMethod(method, Map.class).invoke(admin, argument);
            var all = (KafkaFuture<?>) result.getClass().getMethod("all").invoke(result);
            var _ = all.get();
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private static String refusal(KafkaFuture<?> future) throws InterruptedException {
        try {
            var _ = future.get();
            return "none";
        } catch (ExecutionException e) {
            var cause = e.getCause();
            return cause == null ? "unknown" : cause.getClass().getSimpleName();
        }
    }
}
