package org.apache.ratis.util;

import java.util.function.Supplier;

/// A stand-in for Ratis' class of this name, found before it on the class path: nothing is registered.
///
/// Ratis makes a bean of every server, and for that the JVM sets up all of its management, the flight
/// recorder included: a third of the time of a start, for a bean that nobody asks for. Should Ratis
/// change its class, or be found first, its own one does no harm.
public class JmxRegister {

    /// Called by Ratis.
    public JmxRegister() {}

    /// Registers nothing under any of `names`; returns the name it got, which is none.
    public String register(Object bean, Iterable<Supplier<String>> names) {
        return "";
    }

    /// There was nothing to unregister.
    public boolean unregister() {
        return true;
    }
}
