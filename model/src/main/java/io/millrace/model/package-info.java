/// # model: the nouns everyone agrees on
///
/// Ids, offsets, the promise that carries an answer, time as a value. Below it lie four packages: `record`
/// (the record batch as a view over bytes), `machine` (the form of every coordinator), `config` (the names,
/// types and defaults of settings) and `metrics` (the seam through which rooms count).
///
/// - **Knows** values and their rules.
/// - **Does not know** files, sockets, threads, clocks, or any other room. Of Kafka's library it names two
///   words, `Uuid` and `Errors`.
/// - **Called by** every room.
/// - **Thread** values are immutable; a [Promise] belongs to one loop.
@NullMarked
package io.millrace.model;

import org.jspecify.annotations.NullMarked;
