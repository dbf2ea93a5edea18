package io.millrace.metadata;

import io.millrace.metadata.ControllerCommand.NewTopic;
import io.millrace.metadata.ControllerCommand.RegisterNode;
import java.util.List;
import org.apache.kafka.common.Uuid;

/// A cluster that is asked one thing after the other, as a quorum would.
final class Asked {

    private final Controller controller = new Controller(new CatalogueRules());
    private ClusterImage image = ClusterImage.EMPTY;

    /// A cluster with these nodes, none of them fenced.
    static Asked withNodes(int... ids) {
        var asked = new Asked();
        for (int id : ids) asked.ask(new RegisterNode(id, new Uuid(id, 1), "", List.of()));
        return asked;
    }

    ClusterImage image() {
        return image;
    }

    /// Decides and applies.
    ControllerAnswer ask(ControllerCommand command) {
        var decided = decide(command);
        apply(decided.records());
        return decided.answer();
    }

    Decided decide(ControllerCommand command) {
        return controller.decide(image, command, 0);
    }

    void apply(List<MetadataRecord> records) {
        image = image.after(records, image.index() + 1);
    }

    static NewTopic topic(String name, int partitions, int replicationFactor) {
        return new NewTopic(name, id(name), partitions, replicationFactor, List.of(), List.of());
    }

    static Uuid id(String name) {
        return new Uuid(7, name.hashCode());
    }
}
