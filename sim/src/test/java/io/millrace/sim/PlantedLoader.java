package io.millrace.sim;

import java.io.IOException;
import java.util.function.LongFunction;

/// Loads the log anew, with a bug in it, and the simulator over it; everything else is the parent's.
final class PlantedLoader extends ClassLoader {

    private static final String LOG = "io.millrace.log.";
    private static final String SIM = "io.millrace.sim.";

    private final PlantedBug bug;

    PlantedLoader(PlantedBug bug) {
        super(PlantedLoader.class.getClassLoader());
        this.bug = bug;
    }

    /// Seeds over the log as this loader has it.
    @SuppressWarnings("unchecked") // the class is ours
    LongFunction<String> seeds() throws ReflectiveOperationException {
        return (LongFunction<String>)
                loadClass(SIM + "SeedRun").getDeclaredConstructor().newInstance();
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(LOG) && !name.startsWith(SIM)) return super.loadClass(name, resolve);
        synchronized (getClassLoadingLock(name)) {
            var known = findLoadedClass(name);
            return known != null ? known : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try (var in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) throw new ClassNotFoundException(name);
            var bytes = in.readAllBytes();
            if (name.equals(LOG + bug.type())) bytes = bug.plant(bytes);
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }
}
