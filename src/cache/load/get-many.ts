import { setImmediate as nextImmediate } from "node:timers/promises";
import type { EntryCache } from "../entry-cache.js";
import type { EntryCall } from "../entry-call.js";
import { QuickRead } from "../read/quick-reads.js";
import type { TenantState } from "../tenant-state.js";
import type { Loader } from "./load-context.js";
import type { LoadBatched } from "./load-many.js";

/** What `getMany` knows of one entry. */
type Call<Fields, Value> = Omit<EntryCall<Fields, Value>, "loader">;

/** Asks something else before the loader. */
type LoaderOf<Fields, Value> = (entry: string, loader: Loader<Fields, Value>) => Loader<Fields, Value>;

/**
 * Reads several entries, and loads those that are missing with one call of the loader. An entry that
 * another process loads is waited for by itself.
 */
export async function getMany<Fields, Value>(
  cache: EntryCache<Fields, Value>,
  calls: readonly Call<Fields, Value>[],
  loadMany: LoadBatched<Fields, Value>,
  loaderOf: LoaderOf<Fields, Value>,
): Promise<(Value | undefined)[]> {
  const batch = new LoadBatch(calls.length, loadMany);
  const begun = calls.map((one) => {
    const call = new BatchedCall(one, batch, loaderOf);
    const known = cache.known(one.state, one.entry);
    if (known) call.onWait();
    const reading = known ?? cache.begin(call);
    // It may fail while the readings of others go on. Its error is that of the whole call.
    if (reading instanceof Promise) reading.catch(() => {});
    return { call, reading };
  });
  // The entries share a few commands, whose errors are handled for each entry.
  const commands = begun.flatMap(({ reading }) => (reading instanceof QuickRead ? [reading.command] : []));
  await Promise.allSettled([...new Set(commands)].map(({ answered }) => answered));
  const answerOf = ({ call, reading }: (typeof begun)[number]) => {
    const answer = reading instanceof QuickRead ? cache.answerOf(call, reading) : reading;
    if (answer instanceof Promise) return answer.finally(() => call.onWait());
    call.onWait();
    return answer.value;
  };
  // Redis grants the leases of absent entries while the others are decoded.
  const absent = new Map<unknown, Promise<Value | undefined>>();
  for (const one of begun) {
    if (!(one.reading instanceof QuickRead && one.reading.isAbsent)) continue;
    const answer = Promise.resolve(answerOf(one));
    answer.catch(() => {});
    absent.set(one, answer);
  }
  if (absent.size > 0 && absent.size < begun.length) await nextImmediate();
  return Promise.all(begun.map((one) => absent.get(one) ?? answerOf(one)));
}

/** One entry of the list. It is made for each hit too, so it makes its loader only when it is asked for. */
class BatchedCall<Fields, Value> implements EntryCall<Fields, Value> {
  readonly state: TenantState;
  readonly entry: string;
  readonly tags: readonly string[];
  readonly fields: Fields;
  readonly isBatched = true;
  readonly needsFresh = false;
  readonly #batch: LoadBatch<Fields, Value>;
  readonly #loaderOf: LoaderOf<Fields, Value>;
  #isUndecided = true;

  constructor(
    { state, entry, tags, fields }: Call<Fields, Value>,
    batch: LoadBatch<Fields, Value>,
    loaderOf: LoaderOf<Fields, Value>,
  ) {
    this.state = state;
    this.entry = entry;
    this.tags = tags;
    this.fields = fields;
    this.#batch = batch;
    this.#loaderOf = loaderOf;
  }

  get loader(): Loader<Fields, Value> {
    return this.#loaderOf(this.entry, (fields, { tenant }) => {
      const loading = this.#batch.add(fields, tenant);
      this.onWait();
      return loading;
    });
  }

  /** Leaves the batch, once: when it loads, when it waits for others, or when it has ended. */
  onWait(): void {
    if (this.#isUndecided) this.#batch.leave();
    this.#isUndecided = false;
  }
}

interface Waiting<Fields, Value> {
  readonly fields: Fields;
  readonly tenant: string;
  readonly resolve: (value: Value | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Gathers the loads of one `getMany` until no more can come, and makes them in one call. */
class LoadBatch<Fields, Value> {
  readonly #loadMany: LoadBatched<Fields, Value>;
  readonly #start = () => this.#load();
  #undecided: number;
  #waiting: Waiting<Fields, Value>[] = [];

  constructor(count: number, loadMany: LoadBatched<Fields, Value>) {
    this.#undecided = count;
    this.#loadMany = loadMany;
  }

  /** All calls of a batch have one tenant. */
  add(fields: Fields, tenant: string): Promise<Value | undefined> {
    return new Promise((resolve, reject) => {
      // After all are decided, refreshes of stale entries come, and entries for which others waited in
      // vain. Leases are granted to several of them in one reply.
      if (this.#waiting.push({ fields, tenant, resolve, reject }) === 1 && this.#undecided <= 0)
        setImmediate(this.#start);
    });
  }

  leave(): void {
    this.#undecided--;
    if (this.#undecided === 0) this.#load();
  }

  #load(): void {
    const batch = this.#waiting;
    const [first] = batch;
    this.#waiting = [];
    if (!first) return;
    this.#loadMany(
      batch.map(({ fields }) => fields),
      first.tenant,
    ).then(
      (values) => {
        for (const [place, { resolve }] of batch.entries()) resolve(values[place]);
      },
      (error: unknown) => {
        for (const { reject } of batch) reject(error);
      },
    );
  }
}
