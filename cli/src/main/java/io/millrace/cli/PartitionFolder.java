package io.millrace.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/// The files of one partition, as a broker keeps them.
///
/// @param segments the `.log` files in order of their first offset
/// @param chosen   those that were asked for
record PartitionFolder(Path path, List<Path> segments, List<Path> chosen) {

    private static final Pattern SEGMENT = Pattern.compile("\\d{20}\\.log");
    private static final Pattern PARTITION = Pattern.compile(".+-\\d{1,9}");

    PartitionFolder {
        segments = List.copyOf(segments);
        chosen = List.copyOf(chosen);
    }

    private PartitionFolder(Path path, List<Path> segments) {
        this(path, segments, segments);
    }

    String name() {
        return path.toAbsolutePath().normalize().getFileName().toString();
    }

    private String topic() {
        return name().substring(0, name().lastIndexOf('-'));
    }

    private int number() {
        return Integer.parseInt(name().substring(name().lastIndexOf('-') + 1));
    }

    static boolean isSegment(Path file) {
        return SEGMENT.matcher(file.getFileName().toString()).matches();
    }

    /// The offset that the name of a segment file, or of an index beside it, says it begins with.
    static long baseOffset(Path segment) throws Failure {
        var name = segment.getFileName().toString();
        try {
            return Long.parseLong(name.substring(0, Math.max(0, name.indexOf('.'))));
        } catch (NumberFormatException e) {
            throw new Failure(Exit.USAGE, name + " is not named like a segment", "as in 00000000000000000000.log", e);
        }
    }

    /// The folder of one segment, of which only that one was asked for.
    static PartitionFolder around(Path segment) throws Failure, IOException {
        baseOffset(segment);
        var folder = segment.toAbsolutePath().getParent();
        if (folder == null) throw Failure.usage(segment + " lies in no folder");
        var own = folder.resolve(segment.getFileName());
        var all = segments(folder);
        return all.contains(own)
                ? new PartitionFolder(folder, all, List.of(own))
                : new PartitionFolder(folder, List.of(own));
    }

    /// Where the segment after `segment` begins; [SegmentWalk#UNKNOWN] when it is the newest.
    long nextBase(Path segment) throws Failure {
        int next = segments.indexOf(segment) + 1;
        return next < segments.size() ? baseOffset(segments.get(next)) : SegmentWalk.UNKNOWN;
    }

    /// `path` if it is a partition's folder, else the partitions in it.
    static List<PartitionFolder> under(Path path) throws Failure, IOException {
        if (!Files.exists(path)) throw Failure.notFound("no such folder: " + path, null);
        if (!Files.isDirectory(path)) throw Failure.usage(path + " is not a folder");
        var own = segments(path);
        if (!own.isEmpty()) return List.of(new PartitionFolder(path, own));
        var found = new ArrayList<PartitionFolder>();
        for (var child : children(path)) {
            if (!Files.isDirectory(child)) continue;
            if (!PARTITION.matcher(child.getFileName().toString()).matches()) continue;
            var segments = segments(child);
            if (!segments.isEmpty()) found.add(new PartitionFolder(child, segments));
        }
        if (found.isEmpty()) {
            throw Failure.notFound("no log in " + path, "name a broker's data folder, or a partition's folder in it");
        }
        found.sort(Comparator.comparing(PartitionFolder::topic).thenComparingInt(PartitionFolder::number));
        return found;
    }

    private static List<Path> segments(Path folder) throws IOException {
        return children(folder).stream().filter(PartitionFolder::isSegment).toList();
    }

    private static List<Path> children(Path folder) throws IOException {
        try (var children = Files.list(folder)) {
            return children.sorted().toList();
        }
    }

    /// The file beside `segment` with another ending.
    static Path beside(Path segment, String ending) {
        return segment.resolveSibling(segment.getFileName().toString().replaceFirst("\\.log$", ending));
    }
}
