package io.millrace.cli;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace group delete GROUP...`
@Command(
        name = "delete",
        description = "Delete groups that have no members, with their committed offsets.",
        footer = {"", "Asks first; in a script say --yes.", "JSON: {\"deleted\":[]}"})
final class GroupDelete extends AdminAction {

    @Parameters(paramLabel = "GROUP", arity = "1..*", description = "Names of the groups.")
    private List<String> names = new ArrayList<>();

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    @Override
    int ask(Admin admin) throws Exception {
        Confirm.orFail(
                surroundings(),
                yes,
                "Delete group %s? Its offsets are gone for good.".formatted(String.join(", ", names)));
        var answers = admin.deleteConsumerGroups(names).deletedGroups();
        var deleted = new ArrayList<String>();
        Failure first = null;
        for (var answer : answers.entrySet()) {
            var name = answer.getKey();
            try {
                await(answer.getValue());
                deleted.add(name);
            } catch (GroupIdNotFoundException _) {
                if (first == null) first = Groups.missing(name);
            } catch (GroupNotEmptyException e) {
                var why = new Failure(
                        Exit.FAILED,
                        "group " + name + " has members",
                        "stop them first; see: millrace group describe " + name,
                        e);
                if (first == null) first = why;
            }
        }
        if (json) print(Json.object("deleted", deleted));
        else deleted.forEach(name -> out().line("deleted " + name));
        if (first != null) throw first;
        return Exit.OK;
    }
}
