package io.millrace.metadata;

import io.millrace.metadata.ConfigRules.Objection;
import io.millrace.metadata.ControllerAnswer.AlteredConfigs;
import io.millrace.metadata.ControllerAnswer.ConfigsAltered;
import io.millrace.metadata.ControllerCommand.AlterConfigs;
import io.millrace.metadata.ControllerCommand.ConfigEdit;
import io.millrace.metadata.ControllerCommand.ConfigEdits;
import io.millrace.metadata.ControllerCommand.ConfigEntry;
import io.millrace.metadata.ControllerCommand.NewConfigs;
import io.millrace.metadata.ControllerCommand.Op;
import io.millrace.metadata.ControllerCommand.ReplaceConfigs;
import io.millrace.metadata.MetadataRecord.ConfigSet;
import io.millrace.metadata.MetadataRecord.ConfigUnset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// The rules of settings. A resource's changes are made all or none.
final class ConfigChanges {

    /// As in Kafka, whose record of a setting has no room for more.
    private static final int MAX_VALUE_LENGTH = Short.MAX_VALUE;

    private final ConfigRules rules;

    ConfigChanges(ConfigRules rules) {
        this.rules = rules;
    }

    /// What a resource's settings become, or why they cannot.
    private sealed interface Outcome {
        record Settings(Map<String, String> all) implements Outcome {}

        record Wrong(Errors code, String message) implements Outcome {}
    }

    Decided alter(ClusterImage image, AlterConfigs command) {
        return change(
                image, command.resources(), ConfigEdits::of, edits -> edited(image, edits), command.validateOnly());
    }

    Decided replace(ClusterImage image, ReplaceConfigs command) {
        return change(image, command.resources(), NewConfigs::of, ConfigChanges::replaced, command.validateOnly());
    }

    /// Why a topic cannot begin with these settings; empty when it can.
    Optional<Objection> objection(ConfigResource topic, List<ConfigEntry> settings) {
        var missing = settings.stream()
                .filter(entry -> entry.value() == null)
                .map(ConfigEntry::name)
                .toList();
        if (!missing.isEmpty())
            return Optional.of(new Objection(
                    Errors.INVALID_CONFIG, "Null value not supported for topic configs: " + String.join(",", missing)));
        return unfit(topic, texts(settings));
    }

    static Map<String, String> texts(List<ConfigEntry> settings) {
        var texts = new TreeMap<String, String>();
        for (var entry : settings) {
            if (entry.value() != null) texts.put(entry.name(), entry.value());
        }
        return texts;
    }

    private <T> Decided change(
            ClusterImage image,
            List<T> asked,
            Function<T, ConfigResource> resource,
            Function<T, Outcome> outcome,
            boolean validateOnly) {
        var records = new ArrayList<MetadataRecord>();
        var results = new ArrayList<AlteredConfigs>();
        var repeated = repeated(asked, resource);
        for (var item : asked) {
            var of = resource.apply(item);
            var objection = repeated.contains(of)
                    ? Optional.of(new Objection(Errors.INVALID_REQUEST, "Each resource must appear at most once."))
                    : absent(image, of);
            if (objection.isEmpty()) {
                switch (outcome.apply(item)) {
                    case Outcome.Wrong(var code, var message) -> objection = Optional.of(new Objection(code, message));
                    case Outcome.Settings(var all) -> {
                        objection = unfit(of, all);
                        if (objection.isEmpty()) difference(of, image.config(of), all, records);
                    }
                }
            }
            results.add(objection
                    .map(no -> new AlteredConfigs(of, no.code(), no.message()))
                    .orElseGet(() -> new AlteredConfigs(of, Errors.NONE, null)));
        }
        return new Decided(validateOnly ? List.of() : records, new ConfigsAltered(List.copyOf(results)));
    }

    private static <T> Set<ConfigResource> repeated(List<T> asked, Function<T, ConfigResource> resource) {
        var seen = new HashSet<ConfigResource>();
        var repeated = new HashSet<ConfigResource>();
        for (var item : asked) {
            if (!seen.add(resource.apply(item))) repeated.add(resource.apply(item));
        }
        return repeated;
    }

    private Outcome edited(ClusterImage image, ConfigEdits item) {
        var names = item.edits().stream().map(ConfigEdit::name).toList();
        if (new HashSet<>(names).size() < names.size()) return repeatedKeys();
        var missing = item.edits().stream()
                .filter(edit -> edit.op() != Op.DELETE && edit.value() == null)
                .map(ConfigEdit::name)
                .toList();
        if (!missing.isEmpty()) return nulls(missing);

        var all = new HashMap<>(image.config(item.of()));
        for (var edit : item.edits()) {
            var value = edit.value() == null ? "" : edit.value();
            switch (edit.op()) {
                case SET -> all.put(edit.name(), value);
                case DELETE -> all.remove(edit.name());
                case APPEND, SUBTRACT -> {
                    if (!rules.isList(item.of().kind(), edit.name()))
                        return new Outcome.Wrong(
                                Errors.INVALID_CONFIG,
                                "Can't %s to key %s because its type is not LIST.".formatted(edit.op(), edit.name()));
                    var now = all.getOrDefault(
                            edit.name(), rules.defaultText(item.of().kind(), edit.name()));
                    all.put(edit.name(), listed(now, value, edit.op()));
                }
            }
        }
        return new Outcome.Settings(all);
    }

    private static String listed(String now, String edit, Op op) {
        var items = new ArrayList<>(items(now));
        for (var item : items(edit)) {
            if (op == Op.SUBTRACT) items.remove(item);
            else if (!items.contains(item)) items.add(item);
        }
        return String.join(",", items);
    }

    private static List<String> items(String text) {
        return Arrays.stream(text.split(",", -1))
                .map(String::trim)
                .filter(item -> !item.isEmpty())
                .toList();
    }

    private static Outcome replaced(NewConfigs item) {
        var names = item.settings().stream().map(ConfigEntry::name).toList();
        if (new HashSet<>(names).size() < names.size()) return repeatedKeys();
        var missing = item.settings().stream()
                .filter(entry -> entry.value() == null)
                .map(ConfigEntry::name)
                .toList();
        return missing.isEmpty() ? new Outcome.Settings(texts(item.settings())) : nulls(missing);
    }

    private static Outcome repeatedKeys() {
        return new Outcome.Wrong(Errors.INVALID_REQUEST, "Error due to duplicate config keys");
    }

    private static Outcome nulls(List<String> names) {
        return new Outcome.Wrong(Errors.INVALID_REQUEST, "Null value not supported for : " + String.join(", ", names));
    }

    /// Why there is nothing of this name that could carry settings.
    private static Optional<Objection> absent(ClusterImage image, ConfigResource of) {
        return Optional.ofNullable(
                switch (of.kind()) {
                    case TOPIC -> absentTopic(image, of.name());
                    case BROKER -> absentBroker(image, of.name());
                    case GROUP -> unnamed(of.name(), "Default group resources are not allowed.");
                    case CLIENT_METRICS -> unnamed(of.name(), "Subscription name can't be empty");
                });
    }

    private static @Nullable Objection absentTopic(ClusterImage image, String name) {
        if (name.isEmpty()) return new Objection(Errors.INVALID_REQUEST, "Default topic resources are not allowed.");
        var wrong = TopicName.objection(name);
        if (wrong.isPresent()) return new Objection(Errors.INVALID_TOPIC_EXCEPTION, wrong.get());
        if (image.topic(name).isPresent()) return null;
        return new Objection(Errors.UNKNOWN_TOPIC_OR_PARTITION, "The topic '" + name + "' does not exist.");
    }

    private static @Nullable Objection absentBroker(ClusterImage image, String name) {
        if (name.isEmpty()) return null;
        int id;
        try {
            id = Integer.parseInt(name);
        } catch (NumberFormatException e) {
            return new Objection(Errors.INVALID_REQUEST, "Unable to parse broker name as a base 10 number.");
        }
        if (id < 0) return new Objection(Errors.INVALID_REQUEST, "Invalid negative broker ID.");
        if (image.node(id).isPresent()) return null;
        return new Objection(Errors.BROKER_ID_NOT_REGISTERED, "No node with id " + id + " found.");
    }

    private static @Nullable Objection unnamed(String name, String message) {
        return name.isEmpty() ? new Objection(Errors.INVALID_REQUEST, message) : null;
    }

    private Optional<Objection> unfit(ConfigResource of, Map<String, String> settings) {
        for (var value : settings.values()) {
            if (value.length() > MAX_VALUE_LENGTH)
                return Optional.of(new Objection(
                        Errors.INVALID_CONFIG,
                        "The configuration value cannot be added because it exceeds the maximum value size of "
                                + MAX_VALUE_LENGTH + " bytes."));
        }
        return rules.objection(of, settings);
    }

    private static void difference(
            ConfigResource of, Map<String, String> before, Map<String, String> after, List<MetadataRecord> records) {
        new TreeMap<>(after).forEach((name, value) -> {
            if (!value.equals(before.get(name))) records.add(new ConfigSet(of, name, value));
        });
        new TreeMap<>(before)
                .keySet().stream()
                        .filter(name -> !after.containsKey(name))
                        .forEach(name -> records.add(new ConfigUnset(of, name)));
    }
}
