package io.millrace.model.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What can be wrong with settings that are each right alone.
final class Together {

    private Together() {}

    static List<Settings.Problem> problems(Map<String, Settings.Given> given) {
        var problems = new ArrayList<Settings.Problem>();
        var values = new Settings(given, List.of(), List.of()).values();

        for (var complaint : Listeners.complaints(values))
            add(problems, given, complaint.setting(), complaint.sentence());

        int node = values.get(ServerSettings.NODE_ID);
        int older = values.get(ServerSettings.BROKER_ID);
        if (values.isSet(ServerSettings.NODE_ID.name()) && older >= 0 && older != node)
            add(problems, given, "broker.id", "is %d, but node.id is %d; give one of them".formatted(older, node));

        var folders = ServerSettings.dataFolders(values);
        var named = values.get(ServerSettings.LOG_DIRS).isEmpty() ? "log.dir" : "log.dirs";
        if (folders.size() != 1)
            add(
                    problems,
                    given,
                    named,
                    "names %d folders; this release keeps its data in one".formatted(folders.size()));

        int least = values.get(ServerSettings.GROUP_MIN_SESSION_MS);
        int most = values.get(ServerSettings.GROUP_MAX_SESSION_MS);
        if (least > most) {
            var sentence = "is %d, more than group.max.session.timeout.ms, which is %d".formatted(least, most);
            add(problems, given, ServerSettings.GROUP_MIN_SESSION_MS.name(), sentence);
        }
        return problems;
    }

    private static void add(
            List<Settings.Problem> problems, Map<String, Settings.Given> given, String setting, String sentence) {
        var value = given.get(setting);
        problems.add(new Settings.Problem(value == null ? "default" : value.where(), setting, sentence));
    }
}
