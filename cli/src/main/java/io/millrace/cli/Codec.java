package io.millrace.cli;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// How the bytes of a key or value stand in text.
enum Codec {

    /// As they are.
    TEXT {
        @Override
        byte[] encode(byte[] bytes) {
            return bytes;
        }

        @Override
        byte[] decode(byte[] text) {
            return text;
        }
    },

    HEX {
        @Override
        byte[] encode(byte[] bytes) {
            return ascii(HexFormat.of().formatHex(bytes));
        }

        @Override
        byte[] decode(byte[] text) {
            return HexFormat.of().parseHex(new String(text, StandardCharsets.US_ASCII).strip());
        }
    },

    BASE64 {
        @Override
        byte[] encode(byte[] bytes) {
            return Base64.getEncoder().encode(bytes);
        }

        @Override
        byte[] decode(byte[] text) {
            return Base64.getDecoder().decode(new String(text, StandardCharsets.US_ASCII).strip());
        }
    };

    abstract byte[] encode(byte[] bytes);

    /// The bytes that `text` stands for.
    ///
    /// @throws IllegalArgumentException when it is not in this form
    abstract byte[] decode(byte[] text);

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /// `bytes` as a string, or null when they are not UTF-8.
    static @Nullable String utf8(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException _) {
            // That is the answer: binary.
            return null;
        }
    }
}
