package io.millrace.dist;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// The plan of the house as data: which room stands on which floor, and which words belong to
/// which rooms.
///
/// A room may name rooms on floors below, never beside it and never above; [#BESIDE] and [#NEVER]
/// are the exceptions, one way and the other. ARCHITECTURE.md has the same plan as a picture, with
/// the reasons.
final class Plan {

    /// Every room and its floor.
    static final Map<String, Integer> FLOORS = Map.ofEntries(
            Map.entry("model", 0),
            Map.entry("wire", 0),
            Map.entry("disk", 1),
            Map.entry("folder", 1),
            Map.entry("log", 1),
            Map.entry("net", 1),
            Map.entry("metadata", 1),
            Map.entry("coordinator", 1),
            Map.entry("registry", 1),
            Map.entry("client", 2),
            Map.entry("replica", 2),
            Map.entry("quorum", 2),
            Map.entry("broker", 3),
            Map.entry("http", 3),
            Map.entry("node", 4),
            Map.entry("cli", 4),
            Map.entry("sim", 4));

    /// Rooms on the same floor that may be named all the same.
    private static final Map<String, Set<String>> BESIDE = Map.of(
            "wire", Set.of("model"),
            "folder", Set.of("disk"),
            "log", Set.of("disk", "folder"),
            "replica", Set.of("client"),
            "quorum", Set.of("client"));

    /// Rooms on floors below that must not be named all the same.
    private static final Map<String, Set<String>> NEVER = Map.of(
            "disk", Set.of("wire"),
            "folder", Set.of("wire"),
            "log", Set.of("wire"),
            "net", Set.of("wire"),
            "client", Set.of("disk", "folder", "log", "metadata", "coordinator", "registry"),
            "replica", Set.of("coordinator"),
            "quorum", Set.of("disk", "folder", "log"),
            "http", Set.of("disk", "folder", "log", "replica"),
            "cli", without(FLOORS.keySet(), Set.of("model", "wire", "cli")),
            "sim",
                    without(
                            FLOORS.keySet(),
                            Set.of("model", "wire", "disk", "folder", "log", "net", "metadata", "replica", "sim")));

    private static final Set<String> MINDS = Set.of("metadata", "coordinator", "registry");

    /// Rooms that know two words of Kafka's library, [#KAFKA_WORDS], and no more.
    private static final Set<String> SPARING_WITH_KAFKA = Set.of(
            "model", "disk", "folder", "log", "net", "metadata", "coordinator", "registry", "replica", "quorum", "sim");

    private static final Set<String> KAFKA_WORDS =
            Set.of("org/apache/kafka/common/Uuid", "org/apache/kafka/common/protocol/Errors");

    private static final Pattern VAGUE = Pattern.compile("(Manager|Helper|Impl|Service|Base|Utils?)$");

    /// Words of the world, which rooms that only think must not know. A name that ends in `/` is a whole
    /// package, one that ends in `*` a beginning, any other one class and what is nested in it.
    private static final List<String> WORLD = List.of(
            "java/net/",
            "java/nio/channels/",
            "java/nio/file/",
            "java/io/",
            "java/util/concurrent/",
            "java/util/Timer",
            "java/util/TimerTask",
            "java/util/Random",
            "java/util/SplittableRandom",
            "java/util/random/",
            "java/security/",
            "java/time/Clock",
            "java/time/InstantSource",
            "java/lang/Thread*",
            "java/lang/ScopedValue",
            "java/lang/Process*",
            "java/lang/Runtime",
            "java/lang/management/",
            "java/lang/foreign/",
            "org/slf4j/");

    /// Members that bring time, chance or threads into classes that are otherwise only values.
    private static final Set<String> WORLDLY_MEMBERS = Set.of(
            "java/lang/Math#random",
            "java/time/Instant#now",
            "java/time/LocalDate#now",
            "java/time/LocalTime#now",
            "java/time/LocalDateTime#now",
            "java/time/OffsetDateTime#now",
            "java/time/ZonedDateTime#now",
            "java/time/ZoneId#systemDefault",
            "java/util/UUID#randomUUID",
            "java/util/Collections#shuffle",
            "java/util/Collection#parallelStream",
            "java/util/List#parallelStream",
            "java/util/Set#parallelStream",
            "java/lang/Object#wait",
            "java/lang/Object#notify",
            "java/lang/Object#notifyAll",
            "org/apache/kafka/common/Uuid#randomUuid");

    /// Words that belong to a few rooms only.
    private static final Map<String, Set<String>> AT_HOME_IN = Map.ofEntries(
            Map.entry("org/apache/ratis/", Set.of("quorum")),
            Map.entry("java/nio/channels/Selector", Set.of("net")),
            Map.entry("java/nio/channels/SelectionKey", Set.of("net")),
            Map.entry("java/nio/channels/SocketChannel", Set.of("net")),
            Map.entry("java/nio/channels/ServerSocketChannel", Set.of("net")),
            Map.entry("javax/net/ssl/SSLEngine", Set.of("net")),
            Map.entry("java/nio/channels/FileChannel", Set.of("disk", "quorum", "node", "cli")),
            Map.entry("java/nio/channels/FileLock", Set.of("disk", "quorum", "node", "cli")),
            Map.entry("java/nio/file/Files", Set.of("disk", "quorum", "node", "cli")),
            Map.entry("java/io/File", Set.of("disk", "quorum", "node", "cli")),
            Map.entry("java/io/RandomAccessFile", Set.of()),
            Map.entry("java/lang/foreign/", Set.of("disk")),
            Map.entry("com/sun/net/httpserver/", Set.of("http")),
            Map.entry("io/prometheus/", Set.of("http")),
            Map.entry("tools/jackson/", Set.of("http", "cli")),
            Map.entry("picocli/", Set.of("cli")),
            Map.entry("org/tinylog/", Set.of("cli")));

    /// Classes of ours that stand in for one of a library, each in the room that says why.
    private static final Map<String, String> STAND_INS = Map.of("org/apache/ratis/util/", "quorum");

    private Plan() {}

    /// What class `uses.name()` has no right to, each as `class -> what (why)`; empty when all is well.
    static Set<String> breaches(Uses uses) {
        var found = new TreeSet<String>();
        String room = ownerOf(uses.name());
        if (!FLOORS.containsKey(room)) {
            found.add(uses.name() + " is in no room of the plan");
            return found;
        }
        if (VAGUE.matcher(uses.name()).find()) found.add(uses.name() + " has a name that says nothing");
        for (var used : uses.classes()) {
            String why = whyNot(room, used);
            if (!why.isEmpty()) found.add(uses.name() + " -> " + used + " (" + why + ")");
        }
        if (thinksOnly(room)) {
            uses.members().stream()
                    .filter(Plan::isWorldly)
                    .forEach(member -> found.add(uses.name() + " -> " + member + " (" + room + " only thinks)"));
        }
        return found;
    }

    /// May classes of room `from` name classes of room `to`?
    static boolean mayName(String from, String to) {
        if (from.equals(to)) return true;
        if (BESIDE.getOrDefault(from, Set.of()).contains(to)) return true;
        return floor(to) < floor(from) && !NEVER.getOrDefault(from, Set.of()).contains(to);
    }

    /// Whose class it is that was compiled in a room.
    static String ownerOf(String className) {
        return STAND_INS.getOrDefault(className.substring(0, className.lastIndexOf('/') + 1), roomOf(className));
    }

    /// The first part of the package below `io/millrace`; empty for classes elsewhere.
    static String roomOf(String className) {
        String house = "io/millrace/";
        if (!className.startsWith(house)) return "";
        int end = className.indexOf('/', house.length());
        return end < 0 ? "" : className.substring(house.length(), end);
    }

    private static String whyNot(String room, String used) {
        String other = roomOf(used);
        if (!other.isEmpty()) return mayName(room, other) ? "" : room + " may not name " + other;
        if (thinksOnly(room) && WORLD.stream().anyMatch(covers(used))) return room + " only thinks";
        if (used.startsWith("org/apache/kafka/")) return whyNotKafka(room, used);
        for (var word : AT_HOME_IN.entrySet()) {
            if (covers(used).test(word.getKey()) && !word.getValue().contains(room)) {
                return "belongs to " + new TreeSet<>(word.getValue());
            }
        }
        return "";
    }

    private static String whyNotKafka(String room, String used) {
        if (!used.startsWith("org/apache/kafka/common/") && !used.startsWith("org/apache/kafka/clients/")) {
            return "of Kafka, kafka-clients alone is a library of ours";
        }
        if (!SPARING_WITH_KAFKA.contains(room)
                || KAFKA_WORDS.stream().anyMatch(word -> covers(used).test(word))) {
            return "";
        }
        return room + " knows Uuid and Errors only";
    }

    /// `System.arraycopy` moves values and nothing else; everything else in `System` is the world.
    private static boolean isWorldly(String member) {
        if (member.startsWith("java/lang/System#")) return !member.equals("java/lang/System#arraycopy");
        return WORLDLY_MEMBERS.contains(member);
    }

    private static boolean thinksOnly(String room) {
        return MINDS.contains(room) || room.equals("model");
    }

    private static Predicate<String> covers(String used) {
        return word -> switch (word.charAt(word.length() - 1)) {
            case '/' -> used.startsWith(word);
            case '*' -> used.startsWith(word.substring(0, word.length() - 1));
            default -> used.equals(word) || used.startsWith(word + "$");
        };
    }

    private static int floor(String room) {
        Integer floor = FLOORS.get(room);
        return floor == null ? Integer.MAX_VALUE : floor;
    }

    private static Set<String> without(Set<String> all, Set<String> some) {
        var rest = new HashSet<>(all);
        rest.removeAll(some);
        return Set.copyOf(rest);
    }
}
