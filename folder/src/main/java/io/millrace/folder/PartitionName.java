package io.millrace.folder;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;

/// A partition by its topic's name: how its folder is called (`orders-0`), and its lines in checkpoints
/// (`orders 0`).
///
/// @param topic     a legal topic name
/// @param partition the partition's number, never negative
public record PartitionName(String topic, int partition) implements Comparable<PartitionName> {

    public static final String DELETE = "-delete";

    private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");
    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,9}");
    private static final Comparator<PartitionName> ORDER =
            Comparator.comparing(PartitionName::topic).thenComparingInt(PartitionName::partition);

    public PartitionName {
        if (!isLegal(topic)) throw new IllegalArgumentException("'" + topic + "' is no legal topic name");
        if (partition < 0) throw new IllegalArgumentException("partition number is negative: " + partition);
    }

    /// What a folder's name says, if it is one of a partition.
    public static Optional<PartitionName> parse(String folder) {
        int dash = folder.lastIndexOf('-');
        return dash < 0 ? Optional.empty() : of(folder.substring(0, dash), folder.substring(dash + 1));
    }

    /// What the two words of a checkpoint say, if they name one.
    public static Optional<PartitionName> of(String topic, String number) {
        if (!NUMBER.matcher(number).matches()) return Optional.empty();
        long partition = Long.parseLong(number);
        if (partition > Integer.MAX_VALUE || !isLegal(topic)) return Optional.empty();
        return Optional.of(new PartitionName(topic, (int) partition));
    }

    private static boolean isLegal(String topic) {
        return TOPIC.matcher(topic).matches() && !topic.equals(".") && !topic.equals("..");
    }

    public String folder() {
        return topic + "-" + partition;
    }

    @Override
    public int compareTo(PartitionName other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return folder();
    }
}
