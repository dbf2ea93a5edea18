package io.millrace.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResourceCollection;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfigCollection;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// What a broker says to settings that are not there, of things that are not there.
@ExtendWith(SharedBroker.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConfigErrorsScenario {

    private static final byte TOPIC = ConfigResource.Type.TOPIC.id();
    private static final byte BROKER = ConfigResource.Type.BROKER.id();

    private String topic = "";

    @BeforeAll
    void makeTopic(BrokerProcess broker) {
        topic = Topics.create(broker, "set", 1, Map.of("retention.ms", "1000000"));
    }

    @TestFactory
    Stream<DynamicTest> settingsThatAreNotDescribed(BrokerProcess broker) {
        return Case.tests(
                broker,
                List.of(
                        Case.of("a good one", Errors.NONE, rpc -> describe(rpc, TOPIC, topic)),
                        Case.of(
                                "unknown topic",
                                Errors.UNKNOWN_TOPIC_OR_PARTITION,
                                rpc -> describe(rpc, TOPIC, "no-such-topic")),
                        Case.of("bad topic name", Errors.INVALID_TOPIC_EXCEPTION, rpc -> describe(rpc, TOPIC, "a b")),
                        Case.of("unknown node", Errors.INVALID_REQUEST, rpc -> describe(rpc, BROKER, "4711")),
                        Case.of("no number of a node", Errors.INVALID_REQUEST, rpc -> describe(rpc, BROKER, "first")),
                        Case.of("no such kind", Errors.INVALID_REQUEST, rpc -> describe(rpc, (byte) 77, "x"))));
    }

    @TestFactory
    Stream<DynamicTest> settingsThatAreNotAltered(BrokerProcess broker) {
        return Case.tests(
                broker,
                List.of(
                        Case.of(
                                "a good one",
                                Errors.NONE,
                                rpc -> alter(rpc, TOPIC, topic, "retention.ms", "1000001", OpType.SET)),
                        Case.of(
                                "unknown topic",
                                Errors.UNKNOWN_TOPIC_OR_PARTITION,
                                rpc -> alter(rpc, TOPIC, "no-such-topic", "retention.ms", "1", OpType.SET)),
                        Case.of(
                                "unknown setting",
                                Errors.INVALID_CONFIG,
                                rpc -> alter(rpc, TOPIC, topic, "no.such.setting", "1", OpType.SET)),
                        Case.of(
                                "bad value",
                                Errors.INVALID_CONFIG,
                                rpc -> alter(rpc, TOPIC, topic, "retention.ms", "soon", OpType.SET)),
                        Case.of(
                                "value out of range",
                                Errors.INVALID_CONFIG,
                                rpc -> alter(rpc, TOPIC, topic, "segment.bytes", "3", OpType.SET)),
                        Case.of(
                                "no value",
                                Errors.INVALID_REQUEST,
                                rpc -> alter(rpc, TOPIC, topic, "retention.ms", null, OpType.SET)),
                        Case.of(
                                "append to what is no list",
                                Errors.INVALID_CONFIG,
                                rpc -> alter(rpc, TOPIC, topic, "retention.ms", "1", OpType.APPEND)),
                        Case.of(
                                "unknown node",
                                Errors.INVALID_REQUEST,
                                rpc -> alter(rpc, BROKER, "4711", "log.index.interval.bytes", "1", OpType.SET)),
                        Case.of(
                                "no number of a node",
                                Errors.INVALID_REQUEST,
                                rpc -> alter(rpc, BROKER, "first", "log.index.interval.bytes", "1", OpType.SET)),
                        Case.of(
                                "bad value for all nodes",
                                Errors.INVALID_REQUEST,
                                rpc -> alter(rpc, BROKER, "", "log.index.interval.bytes", "never", OpType.SET)),
                        Case.of(
                                "no such kind",
                                Errors.INVALID_REQUEST,
                                rpc -> alter(rpc, (byte) 77, "x", "a", "b", OpType.SET)),
                        Case.of("one setting twice", Errors.INVALID_REQUEST, rpc -> alterTwice(rpc, topic)),
                        Case.of(
                                "replace: unknown topic",
                                Errors.UNKNOWN_TOPIC_OR_PARTITION,
                                rpc -> replace(rpc, "no-such-topic", "retention.ms", "1")),
                        Case.of(
                                "replace: unknown setting",
                                Errors.INVALID_CONFIG,
                                rpc -> replace(rpc, topic, "no.such.setting", "1")),
                        Case.of(
                                "replace: bad value",
                                Errors.INVALID_CONFIG,
                                rpc -> replace(rpc, topic, "retention.ms", "soon"))));
    }

    /// The old way: what is not named goes back to its default.
    @Test
    void replacingForgetsWhatIsNotNamed(BrokerProcess broker) throws Exception {
        var other = Topics.create(broker, "replaced", 1, Map.of("retention.ms", "1000000"));
        try (var rpc = Rpc.connect(broker)) {
            assertEquals(Errors.NONE.code(), replace(rpc, other, "max.message.bytes", "5000"));
            Await.until("the new settings", () -> {
                var configs = configs(rpc, other);
                return "5000".equals(configs.get("max.message.bytes"))
                        && !"1000000".equals(configs.get("retention.ms"));
            });
        }
    }

    /// A refusal names the setting, so that people see what is wrong.
    @Test
    void aRefusalNamesTheSetting(BrokerProcess broker) throws Exception {
        try (var rpc = Rpc.connect(broker)) {
            var answer = altered(rpc, TOPIC, topic, "no.such.setting", "1", OpType.SET);
            assertTrue(String.valueOf(answer.errorMessage()).contains("no.such.setting"), answer.errorMessage());
        }
    }

    private static short describe(Rpc rpc, byte kind, String name) throws Exception {
        return described(rpc, kind, name).results().getFirst().errorCode();
    }

    private static Map<String, String> configs(Rpc rpc, String topic) throws Exception {
        var configs = new java.util.HashMap<String, String>();
        described(rpc, TOPIC, topic)
                .results()
                .getFirst()
                .configs()
                .forEach(config -> configs.put(config.name(), String.valueOf(config.value())));
        return configs;
    }

    private static DescribeConfigsResponseData described(Rpc rpc, byte kind, String name) throws Exception {
        var resource = new DescribeConfigsResource()
                .setResourceType(kind)
                .setResourceName(name)
                .setConfigurationKeys(null);
        var request = new DescribeConfigsRequestData().setResources(List.of(resource));
        return rpc.call(ApiKeys.DESCRIBE_CONFIGS, 4, request);
    }

    private static short alter(Rpc rpc, byte kind, String name, String setting, @Nullable String value, OpType type)
            throws Exception {
        return altered(rpc, kind, name, setting, value, type).errorCode();
    }

    private static IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse altered(
            Rpc rpc, byte kind, String name, String setting, @Nullable String value, OpType type) throws Exception {
        var settings = new AlterableConfigCollection();
        settings.add(new AlterableConfig().setName(setting).setValue(value).setConfigOperation(type.id()));
        return alter(rpc, kind, name, settings);
    }

    private static short alterTwice(Rpc rpc, String topic) throws Exception {
        var settings = new AlterableConfigCollection();
        for (var type : List.of(OpType.SET, OpType.DELETE)) {
            settings.mustAdd(
                    new AlterableConfig().setName("retention.ms").setValue("1").setConfigOperation(type.id()));
        }
        return alter(rpc, TOPIC, topic, settings).errorCode();
    }

    private static IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse alter(
            Rpc rpc, byte kind, String name, AlterableConfigCollection settings) throws Exception {
        var resources = new AlterConfigsResourceCollection();
        resources.add(new AlterConfigsResource()
                .setResourceType(kind)
                .setResourceName(name)
                .setConfigs(settings));
        var request = new IncrementalAlterConfigsRequestData().setResources(resources);
        IncrementalAlterConfigsResponseData answer = rpc.call(ApiKeys.INCREMENTAL_ALTER_CONFIGS, 1, request);
        return answer.responses().getFirst();
    }

    private static short replace(Rpc rpc, String topic, String setting, String value) throws Exception {
        var settings = new AlterConfigsRequestData.AlterableConfigCollection();
        settings.add(
                new AlterConfigsRequestData.AlterableConfig().setName(setting).setValue(value));
        var resources = new AlterConfigsRequestData.AlterConfigsResourceCollection();
        resources.add(new AlterConfigsRequestData.AlterConfigsResource()
                .setResourceType(TOPIC)
                .setResourceName(topic)
                .setConfigs(settings));
        AlterConfigsResponseData answer =
                rpc.call(ApiKeys.ALTER_CONFIGS, 2, new AlterConfigsRequestData().setResources(resources));
        return answer.responses().getFirst().errorCode();
    }
}
