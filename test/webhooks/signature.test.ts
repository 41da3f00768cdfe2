import { createHmac } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../src/core/errors.js";
import { type ReceivedWebhook, signWebhook, verifyWebhook } from "../../src/webhooks/index.js";

/** The published example of standard-webhooks: the tests of its libraries for JavaScript and Go have it. */
const VECTOR = {
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  timestamp: 1_614_265_330,
  body: '{"test": 2432232314}',
  signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
} as const;
/** Another published signature, which no secret of these tests has made. */
const STRANGER = "Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=";
const OTHER_SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

const nowMs = VECTOR.timestamp * 1_000;
const headers = {
  "webhook-id": VECTOR.id,
  "webhook-timestamp": String(VECTOR.timestamp),
  "webhook-signature": VECTOR.signature,
} as const;
const verify = (change: Partial<ReceivedWebhook> = {}) =>
  verifyWebhook({ headers, body: VECTOR.body, secrets: [VECTOR.secret], nowMs, ...change });
const withHeaders = (change: Partial<Record<keyof typeof headers, string>>) =>
  verify({ headers: { ...headers, ...change } });

const valid = { outcome: "valid", id: VECTOR.id, sentAtMs: nowMs };
const refused = (reason: string) => ({ outcome: "refused", reason });

describe("the published vector", () => {
  test("is what signWebhook makes", () => {
    expect(signWebhook({ id: VECTOR.id, body: VECTOR.body, secrets: [VECTOR.secret], nowMs })).toEqual(
      headers,
    );
  });

  test("is valid, as text, as bytes, with Headers, and with a secret without its prefix", () => {
    expect(verify()).toEqual(valid);
    expect(verify({ body: new TextEncoder().encode(VECTOR.body) })).toEqual(valid);
    expect(verify({ headers: new Headers(headers) })).toEqual(valid);
    expect(verify({ secrets: [VECTOR.secret.slice("whsec_".length)] })).toEqual(valid);
  });

  test("is valid among several signatures, as the published test of them has it", () => {
    const signatures = [`v1,${STRANGER}`, `v2,${STRANGER}`, VECTOR.signature, `v1,${STRANGER}`];
    expect(withHeaders({ "webhook-signature": signatures.join(" ") })).toEqual(valid);
  });
});

describe("an attacker", () => {
  test.each([
    ["an altered body", { body: '{"test": 2432232315}' }],
    ["a body with one byte more", { body: `${VECTOR.body} ` }],
    ["no body", { body: "" }],
    ["the secret of another sender", { secrets: [OTHER_SECRET] }],
  ])("gets nothing with %s", (_name, change) => {
    expect(verify(change)).toEqual(refused("signature"));
  });

  test.each([
    ["another id", { "webhook-id": "msg_other" }],
    ["a time of his own", { "webhook-timestamp": String(VECTOR.timestamp + 1) }],
    ["a signature of an unknown version", { "webhook-signature": VECTOR.signature.replace("v1", "v2") }],
    ["the version of asymmetric signatures", { "webhook-signature": VECTOR.signature.replace("v1", "v1a") }],
    ["no version", { "webhook-signature": VECTOR.signature.slice(3) }],
    ["the start of the signature", { "webhook-signature": VECTOR.signature.slice(0, 8) }],
    ["an empty signature", { "webhook-signature": "v1," }],
    ["a published wrong one", { "webhook-signature": "v1,dawfeoifkpqwoekfpqoekf" }],
    ["more behind the signature", { "webhook-signature": `${VECTOR.signature}AAAA` }],
    ["signatures with commas", { "webhook-signature": `v1,${STRANGER},${VECTOR.signature}` }],
    [
      "the right one behind too many others",
      { "webhook-signature": `${`v1,${STRANGER} `.repeat(16)}${VECTOR.signature}` },
    ],
  ])("gets nothing with %s", (_name, change) => {
    expect(withHeaders(change)).toEqual(refused("signature"));
  });

  test.each([
    ["webhook-id", ""],
    ["webhook-timestamp", ""],
    ["webhook-signature", ""],
  ] as const)("needs the field %s", (name, value) => {
    expect(withHeaders({ [name]: value })).toEqual(refused("header_missing"));
    const { [name]: _left, ...others } = headers;
    expect(verify({ headers: others })).toEqual(refused("header_missing"));
  });

  test.each([
    "hello",
    "1614265330.5",
    "-1614265330",
    "0x603756F2",
    "1e9",
    " 1614265330",
    "01614265330",
    "9".repeat(20),
  ])("gets nothing with the time %j", (timestamp) => {
    expect(withHeaders({ "webhook-timestamp": timestamp })).toEqual(refused("header_malformed"));
  });

  test("cannot move the border between id, time and body with a dot", () => {
    const [id, body] = ["msg_1.1614265330", '{"a":1}'];
    const text = `${id}.${VECTOR.timestamp}.${body}`;
    const key = Buffer.from(VECTOR.secret.slice(6), "base64");
    const signature = `v1,${createHmac("sha256", key).update(text).digest("base64")}`;
    expect(withHeaders({ "webhook-id": id, "webhook-signature": signature })).toEqual(
      refused("header_malformed"),
    );
    expect(() => signWebhook({ id, body, secrets: [VECTOR.secret] })).toThrow(ArgumentError);
  });

  test("cannot send an old message, or one from the future", () => {
    expect(verify({ nowMs: nowMs + 300_000 })).toEqual(valid);
    expect(verify({ nowMs: nowMs + 300_001 })).toEqual(refused("too_old"));
    expect(verify({ nowMs: nowMs - 300_000 })).toEqual(valid);
    expect(verify({ nowMs: nowMs - 300_001 })).toEqual(refused("too_new"));
    expect(verify({ nowMs: nowMs + 5_000, toleranceMs: 4_000 })).toEqual(refused("too_old"));
  });
});

describe("a rotation of secrets", () => {
  const message = { id: "msg_1", body: "{}", nowMs };
  const verifyBy = (signers: readonly string[], secrets: readonly string[]) =>
    verifyWebhook({ headers: signWebhook({ ...message, secrets: signers }), body: "{}", secrets, nowMs })
      .outcome;

  test("is possible on both sides: one common secret is enough", () => {
    expect(verifyBy([OTHER_SECRET, VECTOR.secret], [VECTOR.secret])).toBe("valid");
    expect(verifyBy([VECTOR.secret], [OTHER_SECRET, VECTOR.secret])).toBe("valid");
    expect(verifyBy([OTHER_SECRET], [VECTOR.secret])).toBe("refused");
    expect(signWebhook({ ...message, secrets: [OTHER_SECRET, VECTOR.secret] })["webhook-signature"]).toMatch(
      /^v1,\S{44} v1,\S{44}$/,
    );
  });
});

test.each([
  ["no secrets", []],
  ["an empty secret", [""]],
  ["a prefix alone", ["whsec_"]],
  ["23 bytes", [`whsec_${Buffer.alloc(23, 1).toString("base64")}`]],
  ["65 bytes", [`whsec_${Buffer.alloc(65, 1).toString("base64")}`]],
  ["no Base64", ["whsec_secret!secret!secret!secret!secret!"]],
  ["a second one that is wrong", [VECTOR.secret, "secret"]],
  ["eleven", Array.from({ length: 11 }, () => VECTOR.secret)],
])("%s: an ArgumentError, which shows no secret", (_name, secrets) => {
  for (const use of [() => signWebhook({ id: "m", body: "", secrets }), () => verify({ secrets })]) {
    let error: unknown;
    try {
      use();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ArgumentError);
    expect(inspect(error)).not.toMatch(/secret!|MfKQ9/);
  }
});
