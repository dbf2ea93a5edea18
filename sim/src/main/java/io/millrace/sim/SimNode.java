package io.millrace.sim;

/// What a name stands for.
sealed interface SimNode permits SimContent, SimDirectory {}
