package io.millrace.metadata;

import io.millrace.metadata.ControllerCommand.AllocateProducerIds;
import io.millrace.metadata.ControllerCommand.AlterConfigs;
import io.millrace.metadata.ControllerCommand.CreateCluster;
import io.millrace.metadata.ControllerCommand.CreatePartitions;
import io.millrace.metadata.ControllerCommand.CreateTopics;
import io.millrace.metadata.ControllerCommand.DeleteTopics;
import io.millrace.metadata.ControllerCommand.RegisterNode;
import io.millrace.metadata.ControllerCommand.ReplaceConfigs;

/// The rules for changing a cluster: what follows from a command, given the cluster as it is.
///
/// It has no state. The same image, command and time give the same decision, on every machine.
public final class Controller {

    private final TopicCreation creation;
    private final ConfigChanges configs;

    public Controller(ConfigRules rules) {
        this.configs = new ConfigChanges(rules);
        this.creation = new TopicCreation(configs);
    }

    /// @param nowMs wall-clock milliseconds where it is decided, for rules that look at time
    public Decided decide(ClusterImage image, ControllerCommand command, long nowMs) {
        return switch (command) {
            case CreateCluster create -> NodeRules.createCluster(image, create);
            case RegisterNode register -> NodeRules.register(image, register);
            case CreateTopics create -> creation.create(image, create);
            case DeleteTopics delete -> TopicDeletion.delete(image, delete);
            case CreatePartitions create -> TopicGrowth.grow(image, create);
            case AlterConfigs alter -> configs.alter(image, alter);
            case ReplaceConfigs replace -> configs.replace(image, replace);
            case AllocateProducerIds allocate -> NodeRules.allocateProducerIds(image, allocate);
        };
    }
}
