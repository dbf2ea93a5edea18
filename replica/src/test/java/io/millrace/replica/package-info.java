/// # replica, told as stories
///
/// A real data folder on a real disk, under a loop and file threads that are turned by hand ([Ground]).
@NullMarked
package io.millrace.replica;

import org.jspecify.annotations.NullMarked;
