/// # metadata: the cluster as an image, and the rules for changing it
///
/// [ClusterImage] is the whole cluster at one moment: nodes, topics and partitions, configurations, quotas,
/// credentials, access rules, producer ids, feature levels. [MetadataRecord] is one fact that leads from an image
/// to the next; [Controller] decides which facts follow from what is asked.
///
/// - **Knows** what may be asked of a cluster, what follows from it, and how facts are written as bytes.
/// - **Does not know** how nodes agree on the facts, where they are kept, what time it is, which loop runs it.
/// - **Called by** `quorum`, which agrees on records; the image is read by `replica`, `broker` and `http`.
/// - **Thread** everything here is immutable or a pure function; images may be read from any thread.
///
/// Read [ClusterImage] first, then [MetadataRecord], [ControllerCommand], [Controller].
@NullMarked
package io.millrace.metadata;

import org.jspecify.annotations.NullMarked;
