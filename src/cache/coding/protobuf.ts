import { type DescMessage, fromBinary, type MessageShape, toBinary } from "@bufbuild/protobuf";
import type { Codec } from "./codec.js";

/**
 * Messages of Protobuf, by the package `@bufbuild/protobuf`. Fields may be added to the message later, and
 * entries of both forms are read.
 *
 * ```ts
 * const products = moonpath.cache({
 *   pattern: "product:<product>",
 *   freshMs: 600_000,
 *   codec: protobufCodec(TimestampSchema),
 *   load: async () => create(TimestampSchema, { seconds: 1n }),
 * });
 * ```
 *
 * @param schema the schema that `protoc-gen-es` has generated
 */
export function protobufCodec<Schema extends DescMessage>(schema: Schema): Codec<MessageShape<Schema>> {
  return {
    id: "p",
    encode: (value) => toBinary(schema, value),
    // The copy: fields of bytes are views of what was read.
    decode: (bytes) => fromBinary(schema, Uint8Array.from(bytes)),
  };
}
