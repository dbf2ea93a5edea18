package io.millrace.node;

import io.millrace.log.Found;
import io.millrace.log.LogFolder;
import io.millrace.metadata.ClusterImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Folders of partitions that the cluster does not give this node. Those whose topic was deleted while
/// the node was not there to see it, or before it got to its folders, are deleted now. Nothing reads the
/// others, brought here by hand perhaps, and nothing deletes them; a start names them.
final class Strays {

    private static final int MOST_NAMED = 10;

    private static final Logger LOG = LoggerFactory.getLogger(Strays.class);

    private Strays() {}

    /// Looks for them on a file thread of the folder, deletes what may go, and names the others in
    /// the log.
    static void tidy(LogFolder folder, Supplier<ClusterImage> images, int nodeId) {
        var before = images.get();
        folder.offFile(() -> {
            try {
                // what was made or deleted meanwhile is in one of the two images
                var now = images.get();
                var unknown = among(among(folder.found(), before, nodeId), now, nodeId);
                var kept = new ArrayList<Found>();
                for (var one : unknown) {
                    if (now.wasDeleted(one.topicId())) delete(folder, one);
                    else kept.add(one);
                }
                if (!kept.isEmpty()) LOG.warn(words(kept));
            } catch (IOException e) {
                LOG.warn("{} could not be looked through for partitions that nobody knows", folder.dir(), e);
            }
        });
    }

    private static void delete(LogFolder folder, Found gone) {
        LOG.info("deletes {}: its topic {} was deleted before", gone.dir(), gone.topicId());
        folder.deleteLeft(gone);
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
