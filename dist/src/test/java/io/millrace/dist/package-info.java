/// # dist: what people unpack
///
/// No code of its own: the launcher (`bin/millrace`), every jar, and the tests of what belongs to no single room: the
/// launcher, and the plan of the house.
@NullMarked
package io.millrace.dist;

import org.jspecify.annotations.NullMarked;
