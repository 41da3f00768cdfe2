import { SyncReplyError } from "../core/http/sync-errors.js";
import type { ReplySchema } from "./types.js";

/** The most issues whose paths an error has. */
const MAX_PATHS = 10;

/** The body of a response; undefined if it has more bytes. Then the rest is not read. */
export async function readBody(response: Response, maxBytes: number): Promise<Buffer | undefined> {
  if (response.body === null) return Buffer.alloc(0);
  // Most replies say how small they are. Reading such a one as a whole costs half as much.
  const said = response.headers.get("content-length");
  if (said !== null && Number(said) <= maxBytes && !response.headers.has("content-encoding"))
    return Buffer.from(await response.arrayBuffer());
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop ends the response.
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * The reply as the schema returns it.
 *
 * @throws SyncReplyError
 */
export async function validReply<Output>(
  body: Buffer,
  schema: ReplySchema<Output>,
  facts: { readonly attempts: number; readonly httpStatus: number },
): Promise<Output> {
  let reply: unknown;
  try {
    reply =
      body.length === 0 ? undefined : JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new SyncReplyError("the reply is no JSON", facts);
  }
  const result = await validate(schema, reply);
  if (!result) throw new SyncReplyError("the schema has failed with an error of its own", facts);
  if (result.issues) {
    const paths = result.issues.slice(0, MAX_PATHS).map(({ path = [] }) => path.map(nameOf).join("."));
    const { length } = result.issues;
    throw new SyncReplyError(`the reply does not fit the schema: ${length} issues`, { ...facts, paths });
  }
  return result.value;
}

/** Undefined if the schema throws: its error could show the reply. */
async function validate<Output>(schema: ReplySchema<Output>, reply: unknown) {
  try {
    return await schema["~standard"].validate(reply);
  } catch {
    return undefined;
  }
}

function nameOf(segment: PropertyKey | { readonly key: PropertyKey }): string {
  return String(typeof segment === "object" ? segment.key : segment);
}

/** A reply that is longer than the limit. */
export function tooLarge(maxBytes: number, facts: { attempts: number; httpStatus: number }): SyncReplyError {
  return new SyncReplyError(`the reply has more than ${maxBytes} bytes`, facts);
}
