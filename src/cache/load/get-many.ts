import { setImmediate } from "node:timers/promises";
import type { EntryCache } from "../entry-cache.js";
import type { EntryCall } from "../entry-call.js";
import { QuickRead } from "../read/quick-reads.js";
import type { Loader } from "./load-context.js";
import type { LoadBatched } from "./load-many.js";

/** What `getMany` knows of one entry. */
type Call<Fields, Value> = Omit<EntryCall<Fields, Value>, "loader">;

/**
 * Reads several entries, and loads those that are missing with one call of the loader. An entry that
 * another process loads is waited for by itself.
 */
export async function getMany<Fields, Value>(
  cache: EntryCache<Fields, Value>,
  calls: readonly Call<Fields, Value>[],
  loadMany: LoadBatched<Fields, Value>,
  /** Asks something else before the loader. */
  loaderOf: (entry: string, loader: Loader<Fields, Value>) => Loader<Fields, Value>,
): Promise<(Value | undefined)[]> {
  const batch = new LoadBatch(calls.length, loadMany);
  const begun = calls.map((call) => {
    // An entry leaves the batch once: when it loads, when it waits for others, or when it has ended.
    let isCounted = true;
    const leave = () => {
      if (isCounted) batch.leave();
      isCounted = false;
    };
    const batched: EntryCall<Fields, Value> = {
      ...call,
      isBatched: true,
      onWait: leave,
      loader: loaderOf(call.entry, (fields, { tenant }) => {
        const loading = batch.add(fields, tenant);
        leave();
        return loading;
      }),
    };
    const reading = cache.begin(batched);
    // It may fail while the readings of others go on. Its error is that of the whole call.
    if (reading instanceof Promise) reading.catch(() => {});
    return { call: batched, leave, reading };
  });
  // The entries share a few commands, whose errors are handled for each entry.
  const commands = begun.flatMap(({ reading }) => (reading instanceof QuickRead ? [reading.command] : []));
  await Promise.allSettled([...new Set(commands)].map(({ answered }) => answered));
  const answerOf = ({ call, leave, reading }: (typeof begun)[number]) => {
    const answer = reading instanceof QuickRead ? cache.answerOf(call, reading) : reading;
    if (answer instanceof Promise) return answer.finally(leave);
    leave();
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
  if (absent.size > 0 && absent.size < begun.length) await setImmediate();
  return Promise.all(begun.map((one) => absent.get(one) ?? answerOf(one)));
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
  #undecided: number;
  #waiting: Waiting<Fields, Value>[] = [];

  constructor(count: number, loadMany: LoadBatched<Fields, Value>) {
    this.#undecided = count;
    this.#loadMany = loadMany;
  }

  /** All calls of a batch have one tenant. */
  add(fields: Fields, tenant: string): Promise<Value | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ fields, tenant, resolve, reject });
      if (this.#undecided <= 0) this.#start();
    });
  }

  leave(): void {
    this.#undecided--;
    if (this.#undecided === 0) this.#start();
  }

  #start(): void {
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
