import fc from "fast-check";
import type { ScriptModel } from "../../codegen/src/model/model.js";
import { anyCharacter } from "./characters.js";

const bulk = (text: string) => `$${Buffer.byteLength(text)}\r\n${Buffer.from(text).toString("latin1")}\r\n`;
const list = (parts: readonly string[]) => `*${parts.length}\r\n${parts.join("")}`;

/** Well-formed replies of one value, in RESP2 and RESP3. */
const scalar = fc.oneof(
  fc.maxSafeInteger().map((number) => `:${number}\r\n`),
  fc.constantFrom(
    ":9223372036854775807\r\n",
    ":-0\r\n",
    "$-1\r\n",
    "*-1\r\n",
    "+OK\r\n",
    "+\r\n",
    "$0\r\n\r\n",
    "_\r\n",
    "#t\r\n",
    ",nan\r\n",
    ",1.5\r\n",
    "(123456789012345678901234567890\r\n",
    "=7\r\ntxt:abc\r\n",
    "!5\r\nERR x\r\n",
  ),
  fc.string({ unit: anyCharacter, maxLength: 12 }).map(bulk),
);

/** Values in lists and maps. */
const { nested } = fc.letrec<{ nested: string }>((tie) => ({
  nested: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalar,
    fc.array(tie("nested"), { maxLength: 5 }).map(list),
    fc
      .array(tie("nested"), { maxLength: 4 })
      .map((parts) => `%${parts.length >> 1}\r\n${parts.slice(0, (parts.length >> 1) * 2).join("")}`),
    fc.array(tie("nested"), { maxLength: 3 }).map((parts) => `>${parts.length}\r\n${parts.join("")}`),
  ),
}));

/** Errors: those that the client knows, and long or unprintable ones. */
const error = fc
  .tuple(
    fc.constantFrom(
      ..."ERR NOSCRIPT MOVED ASK TRYAGAIN LOADING BUSY READONLY MASTERDOWN CLUSTERDOWN OOM NOPERM NOAUTH WRONGTYPE".split(
        " ",
      ),
      ..."CORRUPT ARGUMENT UNKILLABLE EXECABORT MISCONF NOREPLICAS Err __proto__ constructor".split(" "),
      "",
    ),
    fc.oneof(
      fc.constantFrom(
        "",
        "total at user_script:50",
        "1 127.0.0.1:1",
        "1 :0",
        "99999999 x",
        "stock.set_level quantity: expected a whole number script: fe9e85235fcd1d822e794a14be9f450f6609ac97, on @user_script:12.",
        "x".repeat(100_000),
        "\u001b[2J\u0007\u0000",
      ),
      fc.string({ unit: "binary-ascii", maxLength: 30 }).map((text) => text.replace(/[\r\n]/g, " ")),
    ),
  )
  .map(([code, text]) => `-${code} ${text}\r\n`);

/** Bytes that are not RESP, or incomplete RESP. */
const malformed = fc.oneof(
  fc.constantFrom(
    "",
    "\r\n",
    "$5\r\nab\r\n",
    "$999999999\r\n",
    "$-7\r\n",
    "$abc\r\n",
    "*3\r\n:1\r\n",
    "*-7\r\n",
    "*1000000000\r\n",
    ":\r\n",
    ":1x\r\n",
    "HTTP/1.1 400 Bad Request\r\n\r\n",
    "*1\r\n".repeat(500),
    "%1\r\n:1\r\n",
    ":1\n",
  ),
  fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
  fc.tuple(nested, fc.nat(20)).map(([text, cut]) => text.slice(0, Math.max(0, text.length - cut))),
  fc.tuple(nested, nested).map((two) => two.join("")),
);

/** Replies in the form of the script's own, with values that may be wrong. */
function nearly(script: ScriptModel): fc.Arbitrary<string> {
  const outcomes = script.replies.flatMap(({ type }) => (type.kind === "choice" ? type.values : []));
  const value = fc.oneof(
    fc.constantFrom("", "a", "__proto__", ...outcomes).map(bulk),
    fc.nat(100).map((number) => `:${number}\r\n`),
    nested,
  );
  const first = outcomes.length === 0 ? value : fc.constantFrom(...outcomes).map(bulk);
  const rest = fc.array(value, {
    minLength: script.replies.length - 1,
    maxLength: script.replies.length - 1,
  });
  return fc.tuple(first, rest).map(([one, others]) => list([one, ...others]));
}

/** All replies of a server to a script. */
export function answerTo(script: ScriptModel): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 5, arbitrary: nearly(script) },
    { weight: 3, arbitrary: error },
    { weight: 2, arbitrary: nested },
    { weight: 1, arbitrary: malformed },
  );
}
