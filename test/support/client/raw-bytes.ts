import { randomBytes } from "node:crypto";
import {
  type ClientOptions,
  createScriptClient,
  type Operations,
  type RedisLike,
  type ScriptClient,
} from "../../../src/client/index.js";
import { scripts } from "../../tools/codegen/golden/bytes/generated/ts/scripts.js";
import { afterTest } from "../cleanup.js";
import { freshNamespace } from "../redis.js";

/** The scripts of the golden folder `bytes`: `stock.store` and `stock.fetch`. */
export const byteScripts = scripts;

/** All 256 values of a byte. */
export const EVERY_BYTE = Buffer.from(Array.from({ length: 256 }, (_, value) => value));

/** Values that a conversion to text and back would change, or that look like parts of a protocol. */
export const VALUES: readonly Buffer[] = [
  EVERY_BYTE,
  Buffer.from(EVERY_BYTE).reverse(),
  Buffer.from([0]),
  Buffer.from([0xff]),
  Buffer.from([0xc3, 0x28]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from("\r\n$3\r\n"),
  Buffer.concat([Buffer.alloc(31, 0x80), EVERY_BYTE]),
  randomBytes(3_000),
];

/**
 * A client of the scripts over this connection, in a namespace of its own. Client and connection are closed
 * after the test.
 */
export function bytesClient<Connection extends RedisLike & { disconnect(): void }>(
  redis: Connection,
  options: ClientOptions = {},
) {
  redis.on("error", () => {});
  const client: ScriptClient<Operations<typeof scripts>> = createScriptClient(redis, scripts, {
    namespace: freshNamespace(),
    deadlineMs: 10_000,
    ...options,
  });
  afterTest(
    () => redis.disconnect(),
    () => client.close(),
  );
  return { client, stock: client.tenant("acme").stock };
}

/** The arguments that store a value, whose preview is the value without its last byte, if any is left. */
export function stored(product: string, body: Uint8Array) {
  const preview = body.subarray(0, body.length - 1);
  const sum = Buffer.from([0, 0xff, 0x80, body.length % 256]);
  return { product, body, sum, preview: preview.length === 0 ? undefined : preview, times: 3 };
}

/** The reply of `fetch` for a value that was stored so. */
export function found(body: Uint8Array) {
  const preview = Buffer.from(body.subarray(0, body.length - 1));
  return {
    outcome: "found",
    body: Buffer.from(body),
    times: 3,
    shelf: undefined,
    preview: preview.length === 0 ? undefined : preview,
    shelves: ["a1"],
  };
}
