package io.millrace.acceptance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/// A scenario that Apache Kafka does not pass, and need not: `value` says why.
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
@DisabledIfSystemProperty(named = "acceptance.peer", matches = "kafka")
@interface MillraceOnly {
    String value();
}
