import { Circuit } from "../../core/circuit.js";
import { ArgumentError } from "../../core/errors.js";
import { asError, notify } from "../../core/notify.js";
import type { SettledWrite, TenantWriteQueue, WriteBehindRun } from "../../writebehind/index.js";
import { decoded, NO_VALUE } from "../coding/codec.js";
import { UNCOMPRESSED } from "../coding/compression.js";
import { cacheDefaults as defaults } from "../defaults.js";
import type { ResolvedDefinition } from "../definition.js";
import type { CacheHost } from "../host.js";
import type { Loader } from "../load/load-context.js";
import { headerOf } from "../read/header.js";
import { isAway } from "../read/is-away.js";

/** The characters before a queued value that say how it is coded. */
const CODING_LENGTH = 2;

/** The part of an operation that is the id of the writer, and of the entry that it has set. */
const WRITER_LENGTH = 12;

/**
 * The bytes of a value in the queue: its coding, and the value.
 *
 * @throws ArgumentError for a value that is too large
 */
export function queuedBytes<Fields, Value>(
  { codec, maxBytes }: ResolvedDefinition<Fields, Value>,
  value: Value | undefined,
): Buffer {
  if (value === undefined) return Buffer.from(NO_VALUE + UNCOMPRESSED);
  const bytes = codec.encode(value);
  if (bytes.length > maxBytes) throw new ArgumentError("value", `at most ${maxBytes} bytes when coded`);
  return Buffer.concat([Buffer.from(codec.id + UNCOMPRESSED), bytes]);
}

/**
 * The value of a queued write.
 *
 * @throws ArgumentError if another codec has coded it; Error if the codec cannot read it
 */
export function queuedValue<Fields, Value>(
  { codec }: Pick<ResolvedDefinition<Fields, Value>, "codec">,
  bytes: Uint8Array,
): Value | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const coding = buffer.toString("latin1", 0, CODING_LENGTH);
  if (coding === NO_VALUE + UNCOMPRESSED) return undefined;
  if (coding === codec.id + UNCOMPRESSED) return decoded(codec, buffer.subarray(CODING_LENGTH));
  throw new ArgumentError("write", "a write of this cache, coded by its codec");
}

/** What the queue says of an entry. */
type Queued<Value> =
  | { readonly kind: "none" }
  | { readonly kind: "value"; readonly value: Value | undefined }
  /** The queue does not answer, or another release has coded the value. */
  | { readonly kind: "unknown" };

/** Reads values that are queued and not in the source yet. */
export class QueuedReads<Fields, Value> {
  readonly #queue: TenantWriteQueue;
  readonly #definition: ResolvedDefinition<Fields, Value>;
  readonly #circuit = new Circuit(defaults.maxFailures.value);

  constructor(queue: TenantWriteQueue, definition: ResolvedDefinition<Fields, Value>) {
    this.#queue = queue;
    this.#definition = definition;
  }

  /** The same loader, which asks the queue before the source. */
  loader(entry: string, load: Loader<Fields, Value>): Loader<Fields, Value> {
    return async (fields, context) => {
      const queued = await this.#read(entry);
      switch (queued.kind) {
        case "value":
          // The tags that the loader would add are not known.
          if (this.#definition.loaderTags) context.doNotStore();
          return queued.value;
        case "unknown":
          // The source may have an older value.
          context.doNotStore();
          return load(fields, context);
        case "none":
          return load(fields, context);
      }
    };
  }

  async #read(entry: string): Promise<Queued<Value>> {
    const { cacheTimeoutMs: deadlineMs, onError } = this.#definition;
    const sentAt = performance.now();
    try {
      const asked = await this.#circuit.run(deadlineMs, async () => ({
        pending: await this.#queue.read(entry, { deadlineMs }),
      }));
      if (!asked) return { kind: "unknown" };
      this.#circuit.noteAnswer(performance.now() - sentAt);
      const { pending } = asked;
      if (!pending) return { kind: "none" };
      return { kind: "value", value: queuedValue(this.#definition, pending.value) };
    } catch (error) {
      if (isAway(error)) this.#circuit.noteFailure(deadlineMs);
      notify(onError, asError(error));
      return { kind: "unknown" };
    }
  }
}

/**
 * Removes entries whose value is not the one that the source has now. It is called after the source has
 * committed, and before the writes are acknowledged: until then, a load reads the queued value.
 *
 * A writer may have died after it had queued its write, and a load that began before may have filled the
 * entry. An entry that the writer itself has set stays.
 */
export async function settleWrites(
  host: CacheHost,
  tenant: string,
  writes: readonly SettledWrite[],
): Promise<void> {
  const { scripts } = host.stateOf(tenant);
  const found = await scripts.peek.many(
    writes.map(({ key }) => ({ entry: key })),
    { deadlineMs: defaults.settleTimeoutMs.value },
  );
  const outdated = writes.filter(({ operation, isRefused }, place) => {
    const result = found[place];
    const isStored = result?.ok && (result.reply.outcome === "fresh" || result.reply.outcome === "stale");
    const fillId = isStored ? headerOf(result.reply.stored)?.fillId : undefined;
    return isRefused || fillId !== operation.slice(0, WRITER_LENGTH);
  });
  const names = new Set(outdated.map(({ key }) => key));
  const invalidated = [...names].map((name) =>
    host.invalidations.run({ tenant, kind: "entry", name, isSoft: false, settleMs: undefined }),
  );
  await Promise.all(invalidated);
}

/**
 * Brings the queued writes of a tenant to the database, by the workers of this process.
 *
 * @throws ArgumentError if it has none
 */
export async function flushQueue(queue: TenantWriteQueue): Promise<WriteBehindRun> {
  const workers = queue.workers.of(queue.tenant.scope.tenant);
  if (workers.length === 0) {
    throw new ArgumentError(
      "writeBehind",
      "a queue with a started worker in this process, for flushPendingWrites",
    );
  }
  const runs = await Promise.all(workers.map((worker) => worker.flushPendingWrites()));
  return {
    batches: runs.reduce((sum, { batches }) => sum + batches, 0),
    writes: runs.reduce((sum, { writes }) => sum + writes, 0),
    failed: [...new Set(runs.flatMap(({ failed }) => failed))],
  };
}
