package io.millrace.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.NetworkException;
import org.apache.kafka.common.errors.ResourceNotFoundException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.errors.WakeupException;

/// Turns what was thrown into what the user reads: what happened, what to do next, and the exit code.
final class Explain {

    private Explain() {}

    /// For a command that asks a cluster.
    ///
    /// @param bootstrap the addresses as the user knows them
    static Failure cluster(Exception thrown, String bootstrap, Duration timeout) {
        return switch (thrown) {
            case Failure failure -> failure;
            case UnknownTopicOrPartitionException e ->
                new Failure(Exit.NOT_FOUND, "no such topic or partition", "see: millrace topic list", e);
            case UnknownTopicIdException e ->
                new Failure(Exit.NOT_FOUND, "no such topic", "see: millrace topic list", e);
            case GroupIdNotFoundException e -> new Failure(Exit.NOT_FOUND, said(e), "see: millrace group list", e);
            case ResourceNotFoundException e -> new Failure(Exit.NOT_FOUND, said(e), null, e);
            case GroupNotEmptyException e ->
                new Failure(
                        Exit.FAILED, "the group has members", "stop them first; see: millrace group describe GROUP", e);
            case CommitFailedException e ->
                new Failure(
                        Exit.FAILED,
                        "the group went on without this member, so the last offsets are not committed",
                        "records printed last may be delivered again; a slow reader of the output may be the cause",
                        e);
            case AuthenticationException e ->
                new Failure(Exit.FAILED, "login refused by " + bootstrap + ": " + said(e), "check --command-config", e);
            case AuthorizationException e -> new Failure(Exit.FAILED, "not allowed: " + said(e), null, e);
            case UnsupportedVersionException e ->
                new Failure(Exit.FAILED, "the cluster at " + bootstrap + " cannot do this: " + said(e), null, e);
            case TimeoutException e -> silent(e, bootstrap, timeout);
            case DisconnectException e -> silent(e, bootstrap, timeout);
            case NetworkException e -> silent(e, bootstrap, timeout);
            case ApiException e -> new Failure(Exit.FAILED, said(e), null, e);
            default -> local(thrown);
        };
    }

    /// For a command that asks nobody.
    static Failure local(Exception thrown) {
        return switch (thrown) {
            case Failure failure -> failure;
            case WakeupException e -> new Failure(Exit.INTERRUPTED, "stopped", null, e);
            case InterruptException e -> new Failure(Exit.INTERRUPTED, "stopped", null, e);
            case ConfigException e ->
                new Failure(
                        Exit.USAGE, "the Kafka client refuses its settings: " + said(e), "check --command-config", e);
            case KafkaException e
            when e.getCause() instanceof Exception cause && cause instanceof KafkaException -> local(cause);
            case IOException e -> new Failure(Exit.FAILED, said(e), null, e);
            default ->
                new Failure(
                        Exit.FAILED,
                        "unexpected " + thrown.getClass().getSimpleName() + ": " + said(thrown),
                        "run it again with --debug to see where",
                        thrown);
        };
    }

    /// For a file that cannot be read.
    static Failure file(Exception thrown, Path path) {
        return switch (thrown) {
            case NoSuchFileException e -> new Failure(Exit.NOT_FOUND, "no such file: " + path, null, e);
            case AccessDeniedException e -> new Failure(Exit.FAILED, "no permission to read " + path, null, e);
            default -> new Failure(Exit.FAILED, "cannot read " + path + ": " + said(thrown), null, thrown);
        };
    }

    private static Failure silent(Exception thrown, String bootstrap, Duration timeout) {
        return new Failure(
                Exit.UNREACHABLE,
                "no answer from " + bootstrap + " within " + Durations.shown(timeout) + ": " + said(thrown),
                "does the port speak Kafka's protocol, and can its advertised address be reached from here?"
                        + " --timeout waits longer",
                thrown);
    }

    static String said(Throwable thrown) {
        var message = thrown.getMessage();
        return message == null || message.isBlank()
                ? thrown.getClass().getSimpleName()
                : message.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
