package io.millrace.cli;

import picocli.CommandLine.Command;

/// `millrace topic ...`
@Command(
        name = "topic",
        description = "Create, list, describe, change and delete topics.",
        subcommands = {
            TopicCreate.class,
            TopicList.class,
            TopicDescribe.class,
            TopicAlter.class,
            TopicDeleteRecords.class,
            TopicDelete.class
        })
final class TopicCommands {}
