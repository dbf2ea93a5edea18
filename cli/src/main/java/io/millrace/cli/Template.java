package io.millrace.cli;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// A line with places to fill in for each record: `%p:%o %k=%v`.
///
/// `%t` topic, `%p` partition, `%o` offset, `%k` key, `%v` value, `%h` headers, `%T` timestamp in milliseconds,
/// `%D` timestamp as a date, `%%` a percent sign. Backslashes: `\n`, `\t`, `\0`, `\\`. Keys and values are printed
/// byte for byte.
final class Template {

    /// Either text that stays, or a mark to fill in.
    private record Piece(String text, char mark) {}

    private static final char NO_MARK = 0;
    private static final String MARKS = "tpokvhTD";

    private final List<Piece> pieces;

    private Template(List<Piece> pieces) {
        this.pieces = pieces;
    }

    static Template parse(String text) throws Failure {
        var pieces = new ArrayList<Piece>();
        var plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '%' && c != '\\') {
                plain.append(c);
                continue;
            }
            if (++i == text.length()) throw Failure.usage("the template ends with a single " + c);
            char mark = text.charAt(i);
            if (c == '\\') {
                plain.append(unescaped(mark));
            } else if (mark == '%') {
                plain.append('%');
            } else if (MARKS.indexOf(mark) >= 0) {
                addPlain(pieces, plain);
                pieces.add(new Piece("", mark));
            } else {
                throw Failure.usage("%" + mark + " has no meaning in a template; use %t %p %o %k %v %h %T %D or %%");
            }
        }
        addPlain(pieces, plain);
        return new Template(List.copyOf(pieces));
    }

    private static void addPlain(List<Piece> pieces, StringBuilder plain) {
        if (plain.isEmpty()) return;
        pieces.add(new Piece(plain.toString(), NO_MARK));
        plain.setLength(0);
    }

    /// `text` with `\n`, `\t`, `\r`, `\0` and `\\` read as what they stand for.
    static String unescape(String text) throws Failure {
        var plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && ++i == text.length()) throw Failure.usage("'" + text + "' ends with a single backslash");
            plain.append(c == '\\' ? unescaped(text.charAt(i)) : c);
        }
        return plain.toString();
    }

    private static char unescaped(char mark) throws Failure {
        return switch (mark) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case '0' -> '\0';
            case '\\' -> '\\';
            default -> throw Failure.usage("\\" + mark + " has no meaning here; use \\n, \\t, \\r, \\0 or \\\\");
        };
    }

    void print(ConsumerRecord<byte[], byte[]> record, Out out) {
        for (var piece : pieces) {
            switch (piece.mark()) {
                case NO_MARK -> out.text(piece.text());
                case 't' -> out.text(record.topic());
                case 'p' -> out.text(Integer.toString(record.partition()));
                case 'o' -> out.text(Long.toString(record.offset()));
                case 'k' -> RecordPrinter.bytes(record.key(), Codec.TEXT, out);
                case 'v' -> RecordPrinter.bytes(record.value(), Codec.TEXT, out);
                case 'h' -> RecordPrinter.headers(record, Codec.TEXT, out);
                case 'T' -> out.text(Long.toString(record.timestamp()));
                case 'D' -> out.text(Times.utc(record.timestamp()));
                default -> throw new IllegalStateException("a mark nobody prints: " + piece.mark());
            }
        }
    }
}
