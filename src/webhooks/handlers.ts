import { ArgumentError } from "../core/errors.js";
import type { ReplySchema } from "../sync/index.js";

/** A webhook whose signature, time and form are right. */
export interface WebhookMessage<Data = unknown> {
  /** The name of the message, the same in all attempts of its sender. */
  readonly id: string;
  /** What has happened, such as `stock.updated`. */
  readonly type: string;
  readonly data: Data;
  /** The time of this attempt in epoch milliseconds, as the sender has signed it. */
  readonly sentAtMs: number;
}

/** Handles one type of message. If it throws, the sender sends the message again. */
export type WebhookHandler = (message: WebhookMessage) => Promise<unknown>;

/** What invalidates tags: `createHttpCache`, or `tenant.cache`. */
export interface TaggedCache {
  invalidateTags(tags: readonly string[]): Promise<"done" | "pending">;
}

/** The data of a message does not fit. The sender gets 400, because a second attempt cannot fit either. */
export class InvalidDataError extends Error {
  override readonly name = "InvalidDataError";
}

/** Redis has not confirmed an invalidation, so the message must come again. */
export class PendingError extends Error {
  override readonly name = "PendingError";
}

/**
 * A handler of messages whose data fits a schema, of zod, valibot or ArkType for example. Others are refused
 * with 400.
 *
 * ```ts
 * const onOrder = webhookHandler(z.object({ order: z.string() }), async ({ data }) => {
 *   await acme.cache.invalidateTags([`order:${data.order}`]);
 * });
 * ```
 */
export function webhookHandler<Data>(
  schema: ReplySchema<Data>,
  handle: (message: WebhookMessage<Data>) => Promise<unknown>,
): WebhookHandler {
  return async (message) => {
    const result = await schema["~standard"].validate(message.data);
    if (result.issues) throw new InvalidDataError(`${result.issues.length} issues`);
    await handle({ ...message, data: result.value });
  };
}

/** The largest number of tags in one message. */
const MAX_TAGS = 100;

/**
 * A handler that invalidates tags: `data` is `{ "tags": ["product:lamp"] }`, with at most 100 of them.
 *
 * @param allowed which tags the sender may invalidate. Default: all
 */
export function invalidatesTags(
  cache: TaggedCache,
  allowed: (tag: string) => boolean = () => true,
): WebhookHandler {
  return async ({ data }) => {
    const tags: unknown = fieldOf(data, "tags");
    if (!Array.isArray(tags) || tags.length === 0 || tags.length > MAX_TAGS || !tags.every(isText))
      throw new InvalidDataError(`tags is a list of 1 to ${MAX_TAGS} texts`);
    if (!tags.every(allowed)) throw new InvalidDataError("a tag is not allowed");
    await confirmed(() => cache.invalidateTags(tags));
  };
}

/**
 * A handler that tells a cache of responses what has happened: `data` is the payload of the event, or a list
 * of payloads. The cache checks it.
 *
 * ```ts
 * const onStock = invalidates((payload) => cache.changed("inventory_change", payload), ["product"]);
 * ```
 *
 * @param changed calls `changed` of the cache
 * @param names the names of the payload's values, as the event has them
 */
export function invalidates<const Name extends string>(
  changed: (payload: Readonly<Record<Name, string>>) => Promise<"done" | "pending">,
  names: readonly Name[],
): WebhookHandler {
  return async ({ data }) => {
    const payload = payloadOf(data, names);
    await confirmed(() => changed(payload));
  };
}

/** @throws InvalidDataError for a name or a tag that the cache refuses */
async function confirmed(invalidate: () => Promise<"done" | "pending">): Promise<void> {
  let outcome: "done" | "pending";
  try {
    outcome = await invalidate();
  } catch (error) {
    if (error instanceof ArgumentError) throw new InvalidDataError(`${error.argument}: ${error.expected}`);
    throw error;
  }
  // The process repeats it, but it may die before Redis has confirmed it.
  if (outcome === "pending") throw new PendingError("Redis has not confirmed the invalidation");
}

/** Only the names of the event, so that a sender can add nothing else. */
function payloadOf<Name extends string>(
  data: unknown,
  names: readonly Name[],
): Readonly<Record<Name, string>> {
  const values = new Map(names.map((name) => [name, fieldOf(data, name)]));
  const payload: Partial<Record<Name, string>> = {};
  for (const [name, value] of values) {
    if (!isText(value)) throw new InvalidDataError(`${name} is a text`);
    payload[name] = value;
  }
  if (!isComplete(payload, names)) throw new InvalidDataError("a value is missing");
  return payload;
}

function isComplete<Name extends string>(
  payload: Partial<Record<Name, string>>,
  names: readonly Name[],
): payload is Record<Name, string> {
  return names.every((name) => payload[name] !== undefined);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= 1_024;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}
