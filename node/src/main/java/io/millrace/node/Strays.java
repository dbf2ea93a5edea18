package io.millrace.node;

import io.millrace.log.Found;
import io.millrace.log.LogFolder;
import io.millrace.metadata.ClusterImage;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Folders of partitions that the cluster does not give this node: left by a node that ended before it could delete
/// them, or brought here by hand. Nothing reads them and nothing deletes them; a start names them.
final class Strays {

    private static final int MOST_NAMED = 10;

    private static final Logger LOG = LoggerFactory.getLogger(Strays.class);

    private Strays() {}

    /// Looks for them on a file thread of the folder, and names them in the log.
    static void name(LogFolder folder, Supplier<ClusterImage> images, int nodeId) {
        var before = images.get();
        folder.offFile(() -> {
            try {
                // what was made or deleted meanwhile is in one of the two images
                var unknown = among(among(folder.found(), before, nodeId), images.get(), nodeId);
                if (!unknown.isEmpty()) LOG.warn(words(unknown));
            } catch (IOException e) {
                LOG.warn("{} could not be looked through for partitions that nobody knows", folder.dir(), e);
            }
        });
    }

    /// Those of `found` that the image does not give this node.
    static List<Found> among(List<Found> found, ClusterImage image, int nodeId) {
        return found.stream().filter(one -> !isGiven(one, image, nodeId)).toList();
    }

    private static boolean isGiven(Found found, ClusterImage image, int nodeId) {
        return image.topic(found.topicId())
                .flatMap(topic -> topic.partition(found.partition()))
                .filter(partition -> partition.replicas().contains(nodeId))
                .isPresent();
    }

    static String words(List<Found> unknown) {
        var named = unknown.stream()
                .limit(MOST_NAMED)
                .map(found -> found.dir().toString())
                .toList();
        int more = unknown.size() - named.size();
        return "the cluster knows nothing of what is in %s%s: it is kept and not served; remove it when nobody misses it"
                .formatted(String.join(", ", named), more > 0 ? " and %,d more folders".formatted(more) : "");
    }
}
