import { checkedInteger } from "../../core/checks.js";
import { ArgumentError, DeadlineError, QuotaError } from "../../core/errors.js";
import { MAX_DURATION_MS } from "../../core/limits.js";
import { asError, notify } from "../../core/notify.js";
import type { TenantWriteQueue } from "../../writebehind/index.js";
import { cacheDefaults as defaults } from "../defaults.js";
import type { ResolvedDefinition } from "../definition.js";
import { type CodedValue, codedValue, countedOf } from "../load/fill.js";
import { newFillId, newWriteOperation } from "../random-ids.js";
import { EVERY_ENTRY, tokensText } from "../read/header.js";
import type { FoundValue } from "../read/stored-values.js";
import { TimeLimit } from "../read/time-limit.js";
import { checkedTags } from "../tags.js";
import type { TenantState } from "../tenant-state.js";
import type { SetOptions, WriteBehindResult, WriteOptions, WriteResult } from "../types.js";
import type { Target } from "./invalidations.js";
import { queuedBytes } from "./write-behind.js";

/** An entry that a write changes. */
export interface WrittenEntry {
  readonly entry: string;
  readonly tags: readonly string[];
}

/** @throws ArgumentError before anything is removed */
function checkWrite(write: unknown): void {
  if (typeof write !== "function") throw new ArgumentError("write", "a function");
}

function targetOf({ tenant }: TenantState, entry: string): Target {
  return { tenant, kind: "entry", name: entry, isSoft: false, settleMs: undefined };
}

/** Writes to the source and to the cache, in the order of docs/cache-protocol.md. */
export class Writes<Fields, Value> {
  readonly #state: TenantState;
  readonly #definition: ResolvedDefinition<Fields, Value>;

  constructor(state: TenantState, definition: ResolvedDefinition<Fields, Value>) {
    this.#state = state;
    this.#definition = definition;
  }

  /** @throws the errors of the script */
  async set(
    written: WrittenEntry,
    value: Value,
    options: SetOptions | undefined,
  ): Promise<"set" | "blocked" | "full"> {
    const all = this.#withAdded(written, options?.tags);
    if (!all) throw new ArgumentError("tags", "the tags that the loader would add, because of loaderTags");
    const { maxBytes, negativeMs } = this.#definition;
    if (value === undefined && negativeMs === 0) {
      throw new ArgumentError("value", "no undefined, because the definition has no negativeMs");
    }
    const { freshMs = this.#definition.freshMs } = options ?? {};
    const coded = codedValue(this.#definition, value, checkedInteger("freshMs", freshMs, 1, MAX_DURATION_MS));
    if (!coded) throw new ArgumentError("value", `at most ${maxBytes} bytes when coded`);
    const { entry } = written;
    // The caller has a newer value than what is stored.
    const remove = async () => {
      await this.#forgetting(entry, () => this.#state.scripts.invalidate({ entry }));
      this.#state.removed("entry", entry);
    };
    if (!(await this.#hasMemory(entry, coded))) {
      await remove();
      return "full";
    }
    const outcome = await this.#storing(entry, coded, async () => {
      const tokens = await this.#tokens(all, freshMs);
      const reply = await this.#forgetting(entry, () =>
        this.#state.scripts.set({ entry, fillId: newFillId(), tokens: tokensText(tokens), ...coded }),
      );
      return reply.outcome;
    });
    if (!(outcome instanceof QuotaError)) return outcome;
    await remove();
    throw outcome;
  }

  async through(
    written: WrittenEntry,
    write: () => Promise<Value>,
    options: WriteOptions | undefined,
  ): Promise<WriteResult<Value>> {
    checkWrite(write);
    const { blockMs = defaults.blockMs.value } = options ?? {};
    const { result, cache } = await this.#write(
      written,
      options?.tags,
      blockMs,
      () => write(),
      (value) => ({ value }),
    );
    return { value: result, cache };
  }

  /** Queues the value while the entry is blocked, as `through` writes to the source. */
  async behind(
    queue: TenantWriteQueue,
    written: WrittenEntry,
    value: Value | undefined,
    options: WriteOptions | undefined,
  ): Promise<WriteBehindResult> {
    const { blockMs = defaults.blockMs.value } = options ?? {};
    const bytes = queuedBytes(this.#definition, value);
    const enqueue = async (writer: string, endsAt: number) => {
      const leftMs = endsAt - performance.now();
      // After the block, a load could fill the entry with what was there before the write.
      if (leftMs < 1) throw new DeadlineError("the write was not queued, because its block has ended");
      const write = { key: written.entry, value: bytes, operation: newWriteOperation(writer) };
      const deadlineMs = Math.min(leftMs, defaults.enqueueTimeoutMs.value);
      return (await queue.enqueue(write, { deadlineMs })).outcome;
    };
    const { result, cache } = await this.#write(written, options?.tags, blockMs, enqueue, (outcome) =>
      outcome === "full" ? undefined : { value },
    );
    // The client has sent the call again, and the first one has queued the write.
    return { outcome: result === "repeated" ? "queued" : result, cache };
  }

  /** Writes while the entry is blocked, then stores the value that the write has led to. */
  async #write<Result>(
    written: WrittenEntry,
    added: readonly string[] | undefined,
    blockMs: number,
    write: (writer: string, endsAt: number) => Promise<Result>,
    foundOf: (result: Result) => FoundValue<Value> | undefined,
  ): Promise<{ readonly result: Result; readonly cache: WriteResult<Result>["cache"] }> {
    const { entry } = written;
    const writer = newFillId();
    const all = this.#withAdded(written, added);
    const begunAt = performance.now();
    const tokens = await this.#begin([all ?? written], writer, blockMs);
    const result = await this.#run([entry], writer, () => write(writer, begunAt + blockMs));
    const found = foundOf(result);
    const coded = found && this.#codedAfterWrite(found.value);
    const text = tokens?.get(entry);
    const hasMemory = coded !== undefined && (await this.#hasMemory(entry, coded));
    if (!hasMemory || !all || text === undefined) return { result, cache: await this.#end([entry], writer) };
    try {
      const outcome = await this.#storing(entry, coded, async () => {
        // Another writer may have come and gone since the block has ended.
        if (performance.now() - begunAt >= blockMs) return "ended";
        const reply = await this.#forgetting(entry, () =>
          this.#state.scripts.commitWrite({ entry, writer, tokens: text, ...coded }),
        );
        return reply.outcome;
      });
      if (outcome instanceof QuotaError || outcome === "ended")
        return { result, cache: await this.#end([entry], writer) };
      if (outcome === "removed") this.#state.removed("entry", entry);
      this.#state.invalidations.note(targetOf(this.#state, entry));
      return { result, cache: outcome };
    } catch (error) {
      this.#report(error);
      return { result, cache: await this.#end([entry], writer) };
    }
  }

  async around<Result>(
    written: readonly WrittenEntry[],
    write: () => Promise<Result>,
    options: WriteOptions | undefined,
  ): Promise<WriteResult<Result>> {
    checkWrite(write);
    const entries = written.map(({ entry }) => entry);
    const writer = newFillId();
    await this.#begin(written, writer, options?.blockMs ?? defaults.blockMs.value);
    const value = await this.#run(entries, writer, write);
    return { value, cache: await this.#end(entries, writer) };
  }

  /**
   * Removes the entries and blocks fills. Returns the tokens by entry; undefined if Redis did not answer:
   * the write goes on, and the removal at its end is pending then.
   */
  async #begin(
    written: readonly WrittenEntry[],
    writer: string,
    blockMs: number,
  ): Promise<ReadonlyMap<string, string> | undefined> {
    const tokens = new Map<string, string>();
    const begun = written.map(async (one) => {
      // Before the write: what is invalidated after that must not be set.
      tokens.set(one.entry, tokensText(await this.#tokens(one)));
      const { entry } = one;
      const { outcome } = await this.#forgetting(entry, () =>
        this.#state.scripts.beginWrite({ entry, writer, blockMs }),
      );
      return outcome === "begun";
    });
    try {
      return (await Promise.all(begun)).every(Boolean) ? tokens : undefined;
    } catch (error) {
      // A begin that arrives after the end would block its entry for the whole time.
      await Promise.allSettled(begun);
      if (error instanceof ArgumentError) {
        // No write follows, so the entries that have begun are not blocked for longer.
        await this.#end(
          written.map(({ entry }) => entry),
          writer,
        );
        throw error;
      }
      this.#report(error);
      return undefined;
    }
  }

  #hasMemory(entry: string, { value }: CodedValue): Promise<boolean> {
    const { memory, keys } = this.#state;
    return memory.admits(keys.entry(entry), value.length, this.#definition);
  }

  /** `store` returns `set` if it has stored the value. */
  #storing<Outcome extends string>(entry: string, coded: CodedValue, store: () => Promise<Outcome | "set">) {
    const counted = countedOf(entry, coded);
    return this.#state.storing(counted, this.#definition.cacheTimeoutMs, this.#definition, "set", store);
  }

  /** The source has committed, so an error of the codec only prevents the storing. */
  #codedAfterWrite(value: Value | undefined): CodedValue | undefined {
    try {
      return codedValue(this.#definition, value, undefined);
    } catch (error) {
      this.#report(error);
      return undefined;
    }
  }

  async #run<Result>(
    entries: readonly string[],
    writer: string,
    write: () => Promise<Result>,
  ): Promise<Result> {
    try {
      return await write();
    } catch (error) {
      // The source may have committed all the same.
      await this.#end(entries, writer);
      throw error;
    }
  }

  async #end(entries: readonly string[], writer: string): Promise<"removed" | "pending"> {
    const { scripts, invalidations } = this.#state;
    const ended = entries.map(async (entry) => {
      const target = targetOf(this.#state, entry);
      try {
        await this.#forgetting(entry, () => scripts.endWrite({ entry, writer }));
        invalidations.note(target);
        this.#state.removed("entry", entry);
        return "done";
      } catch (error) {
        this.#report(error);
        return invalidations.run(target);
      }
    });
    return (await Promise.all(ended)).every((outcome) => outcome === "done") ? "removed" : "pending";
  }

  /** This process must not serve the old value from L1, nor store it there. */
  async #forgetting<Reply>(entry: string, call: () => Promise<Reply>): Promise<Reply> {
    this.#state.forget("entry", entry);
    try {
      return await call();
    } finally {
      this.#state.forget("entry", entry);
    }
  }

  /** The entry with the tags that the loader would add; undefined if they are not known. */
  #withAdded(written: WrittenEntry, added: readonly string[] | undefined): WrittenEntry | undefined {
    if (!this.#definition.loaderTags) return written;
    return added && { entry: written.entry, tags: [...written.tags, ...checkedTags(added)] };
  }

  async #tokens(
    { tags }: WrittenEntry,
    freshMs = this.#definition.freshMs,
  ): Promise<ReadonlyMap<string, string>> {
    const { tagReads, loadTags } = this.#state;
    const { staleMs, jitter, cacheTimeoutMs } = this.#definition;
    const limit = new TimeLimit(cacheTimeoutMs);
    const states = await tagReads.readAll([EVERY_ENTRY, ...tags], limit.remainingMs);
    const wantedMs = Math.ceil(freshMs * (1 + jitter)) + staleMs + defaults.blockMs.value;
    const keepMs = Math.min(wantedMs, MAX_DURATION_MS);
    const tokens = await loadTags.open(states, keepMs, limit.remainingMs);
    loadTags.extend(tokens.keys(), keepMs, limit.remainingMs).catch((error: unknown) => this.#report(error));
    return tokens;
  }

  #report(error: unknown): void {
    notify(this.#definition.onError, asError(error));
  }
}
