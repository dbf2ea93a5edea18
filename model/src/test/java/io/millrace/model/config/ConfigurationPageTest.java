package io.millrace.model.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/// `docs/configuration.md` is made from the keys. When it is stale, `mvn -pl model test
/// -Dmillrace.docs.write=true` writes it anew.
class ConfigurationPageTest {

    private static final Path PAGE = Path.of("..", "docs", "configuration.md");

    @Test
    void thePageSaysWhatTheKeysSay() throws IOException {
        var now = page();
        if (Boolean.getBoolean("millrace.docs.write")) Files.writeString(PAGE, now);
        var there = Files.exists(PAGE) ? Files.readString(PAGE) : "";
        assertEquals(now, there, "docs/configuration.md is stale; run: mvn -pl model test -Dmillrace.docs.write=true");
    }

    @Test
    void everySettingOfTheServerAndOfTopicsIsExplained() {
        for (var of : List.of(Catalogue.Of.SERVER, Catalogue.Of.TOPIC))
            for (var key : KafkaDefinitions.ours(of)) assertFalse(key.doc().isBlank(), key.name());
    }

    private static String page() {
        var page = new StringBuilder("""
                # Settings

                Made from the keys in the code; a test says how to make it anew when it is stale.

                A server is told its settings by property files (`--config FILE`), by `--set NAME=VALUE`, and by flags; of
                these, the later wins. Names are Kafka's where Kafka has the same setting. Every other name of Kafka 4.4
                is accepted too, has no effect, and is said once in the log; a name that nobody knows is refused. While
                the server runs, the settings of topics, the defaults of all topics, and those of compaction and
                scrubbing may be changed through Kafka's admin protocol.

                In the column *Default*, a default of Kafka that is not ours stands in brackets, with the reason.

                """);
        Predicate<ConfigKey<?>> defaultsOfTopics = TopicDefaults.ALL::contains;
        table(
                page,
                "The server",
                Catalogue.Of.SERVER,
                defaultsOfTopics.negate().and(key -> key.about().effective()));
        page.append("""
                Of settings that say the same, one counts: `node.id` before `broker.id`, `log.dirs` before `log.dir`. A
                listener that other machines can reach is refused without `insecure.ok=true` (`--insecure`), and so is
                such an `http.listen`.

                """);
        table(
                page,
                "Defaults of all topics",
                Catalogue.Of.SERVER,
                defaultsOfTopics.and(key -> key.about().effective()));
        table(page, "A topic", Catalogue.Of.TOPIC, key -> key.about().effective());
        page.append("""
                ## Checked and kept, without effect in this release

                """);
        kept(page, "Of the server", Catalogue.Of.SERVER);
        kept(page, "Of a topic", Catalogue.Of.TOPIC);
        kept(page, "Of a group", Catalogue.Of.GROUP);
        kept(page, "Of a subscription to clients' metrics", Catalogue.Of.CLIENT_METRICS);
        return page.toString();
    }

    private static void table(StringBuilder page, String title, Catalogue.Of of, Predicate<ConfigKey<?>> which) {
        page.append("## %s\n\n| Name | Type | Default | Allowed | Meaning |\n|---|---|---|---|---|\n".formatted(title));
        KafkaDefinitions.ours(of).stream()
                .filter(which)
                .forEach(key -> page.append("| `%s` | %s | %s | %s | %s |\n"
                        .formatted(
                                key.name(),
                                key.type().name().toLowerCase(java.util.Locale.ROOT),
                                defaultOf(of, key),
                                allowedBy(of, key),
                                key.doc())));
        page.append('\n');
    }

    private static void kept(StringBuilder page, String title, Catalogue.Of of) {
        var names = KafkaDefinitions.ours(of).stream()
                .filter(key -> !key.about().effective())
                .map(key -> "`" + key.name() + "`")
                .toList();
        page.append(title).append(": ").append(String.join(", ", names)).append(".\n\n");
    }

    private static String defaultOf(Catalogue.Of of, ConfigKey<?> key) {
        var about = key.about();
        var ours = about.derived().isEmpty() ? shown(key.defaultText()) : about.derived();
        return hasKafkasDefault(of, key)
                ? ours
                : "%s [%s: %s]".formatted(ours, shown(kafkasDefault(of, key)), about.unlikeKafka());
    }

    /// A reason that is not about the default is about the range.
    private static String allowedBy(Catalogue.Of of, ConfigKey<?> key) {
        var reason = key.about().unlikeKafka();
        return reason.isEmpty() || !hasKafkasDefault(of, key) ? key.range() : "%s [%s]".formatted(key.range(), reason);
    }

    /// Where a default may be given in several units, Kafka has it under one of them only: that is no
    /// difference.
    private static boolean hasKafkasDefault(Catalogue.Of of, ConfigKey<?> key) {
        if (!key.about().derived().isEmpty()) return false;
        var kafkas = kafkasDefault(of, key);
        boolean inOtherUnit = TopicDefaults.ALL.contains(key)
                && (kafkas.isEmpty() || key.defaultText().isEmpty());
        return inOtherUnit || kafkas.equals(key.defaultText());
    }

    private static String kafkasDefault(Catalogue.Of of, ConfigKey<?> key) {
        var kafka = KafkaDefinitions.of(of).get(key.name());
        return kafka == null ? key.defaultText() : KafkaDefinitions.defaultText(kafka);
    }

    private static String shown(String text) {
        if (text.isEmpty()) return "none";
        boolean unlimited = List.of(Long.toString(Long.MAX_VALUE), Integer.toString(Integer.MAX_VALUE))
                .contains(text);
        if (unlimited) return "no limit";
        return "`" + text + "`";
    }
}
