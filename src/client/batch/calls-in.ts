import type { CallBytes } from "../script/call-bytes.js";
import type { EncodedArgument, EncodedCall, ManyForm } from "../script/script.js";

/** A script as far as its calls are read. */
interface Counted {
  readonly many?: ManyForm | undefined;
  readonly takesBytes?: true | undefined;
}

/**
 * The calls of a batch as texts, or as copies of their bytes if the script takes bytes. Only those calls
 * need it that are sent by themselves.
 */
export function callsIn({
  script,
  bytes,
  count,
}: {
  readonly script: Counted;
  readonly bytes: CallBytes;
  readonly count: number;
}): readonly EncodedCall[] {
  const keys = keysIn(bytes.keys());
  const values = script.takesBytes ? bytes.args.views().map(copied) : bytes.args.texts();
  const width = keys.length / count;
  const fixed = values.length / count;
  const calls: EncodedCall[] = [];
  let at = 0;
  for (let place = 0; place < count; place++) {
    const size = script.many?.hasArgumentCounts ? Number(values[at++]) : fixed;
    calls.push({
      keys: keys.slice(place * width, (place + 1) * width),
      args: values.slice(at, at + size),
    });
    at += size;
  }
  return calls;
}

/** The arguments of a batch's only call. Buffers are valid until the bytes change. */
export function argumentsOfOnly({
  script,
  bytes,
}: {
  readonly script: Counted;
  readonly bytes: CallBytes;
}): readonly EncodedArgument[] {
  const values = script.takesBytes ? bytes.args.views() : bytes.args.texts();
  return script.many?.hasArgumentCounts ? values.slice(1) : values;
}

/** The memory of a batch is used again. */
function copied(value: EncodedArgument): EncodedArgument {
  return typeof value === "string" ? value : Buffer.from(value);
}

/** The texts of bulk strings of RESP. */
function keysIn(bytes: Buffer): readonly string[] {
  const keys: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const lineEnd = bytes.indexOf("\r\n", at);
    const from = lineEnd + 2;
    const to = from + Number(bytes.toString("latin1", at + 1, lineEnd));
    keys.push(bytes.toString("utf8", from, to));
    at = to + 2;
  }
  return keys;
}
