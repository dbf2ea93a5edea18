/// Tests of the room, with real sockets on the loopback interface where bytes matter.
@NullMarked
package io.millrace.net;

import org.jspecify.annotations.NullMarked;
