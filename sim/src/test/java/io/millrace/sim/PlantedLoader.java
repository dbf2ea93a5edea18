package io.millrace.sim;

import java.io.IOException;
import java.util.function.LongFunction;
import java.util.regex.Pattern;

/// Loads log and replica anew with the rooms of files below them, a bug in one of them, and the simulator over it;
/// everything else is the parent's.
final class PlantedLoader extends ClassLoader {

    private static final Pattern ANEW = Pattern.compile("io\\.millrace\\.(disk|folder|log|replica|sim)\\..*");
    private static final String SIM = "io.millrace.sim.";

    private final PlantedBug bug;

    PlantedLoader(PlantedBug bug) {
        super(PlantedLoader.class.getClassLoader());
        this.bug = bug;
    }

    /// Seeds of a scenario over what this loader has.
    @SuppressWarnings("unchecked") // the class is ours
    LongFunction<String> seeds(Scenario scenario) throws ReflectiveOperationException {
        return (LongFunction<String>)
                loadClass(SIM + "SeedRun").getDeclaredConstructor(String.class).newInstance(scenario.name());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!ANEW.matcher(name).matches()) return super.loadClass(name, resolve);
        synchronized (getClassLoadingLock(name)) {
            var known = findLoadedClass(name);
            return known != null ? known : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try (var in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) throw new ClassNotFoundException(name);
            var bytes = in.readAllBytes();
            if (name.equals(bug.className())) bytes = bug.plant(bytes);
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }
}
