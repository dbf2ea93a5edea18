/// # acceptance.client: the programs that run inside client processes
///
/// Compiled once, run with the class path of any kafka-clients from 2.1.1 on: so they name only what all of these
/// have, nothing of the tests, and no other library. They take `name=value` arguments and speak in lines.
///
/// A name that begins with `client.` is a setting of the client itself.
@NullMarked
package io.millrace.acceptance.client;

import org.jspecify.annotations.NullMarked;
