import { setTimeout as pause } from "node:timers/promises";
import type { RedisServer } from "../../../../src/testing/index.js";
import { type FaultRun, startWorker, type Worker } from "../../fault-run.js";
import { clientName } from "../client-under-test.js";
import { ENTRIES, type Phase, type ToReader, together } from "./outage.js";
import type { Source } from "./source.js";

interface Setting {
  readonly server: RedisServer;
  readonly sourceServer: RedisServer;
  readonly source: Source;
}

/** What processes have seen of one outage. */
export interface Outage {
  readonly away: Phase;
  readonly recoveredMs: number;
  /** From the recovery on. */
  readonly back: Phase;
}

/** After this time, callers have seen that Redis is away, or is back. */
const SOON_MS = 500;

/** Processes that read entries all the time. */
export class Readers {
  readonly #run: FaultRun;
  readonly #source: Source;
  readonly #workers: readonly Worker[];

  private constructor(run: FaultRun, source: Source, workers: readonly Worker[]) {
    this.#run = run;
    this.#source = source;
    this.#workers = workers;
  }

  /** Half of them have L1, if the client library allows it. */
  static async start(
    run: FaultRun,
    count: number,
    { server, sourceServer, source }: Setting,
  ): Promise<Readers> {
    const namespace = run.name();
    const mayHaveL1 = !clientName().startsWith("node-redis");
    const workers = Array.from({ length: count }, (_, own) =>
      startWorker(run, "reader", {
        port: server.port,
        password: server.password,
        namespace,
        sourcePort: sourceServer.port,
        sourcePassword: sourceServer.password,
        prefix: source.prefix,
        own,
        processes: count,
        hasL1: mayHaveL1 && own % 2 === 1 ? 1 : 0,
      }),
    );
    await Promise.all(workers.map((worker) => worker.receive()));
    const readers = new Readers(run, source, workers);
    await readers.#all({ kind: "phase" });
    return readers;
  }

  /** The server is away for this time, and then `comeBack` returns it. The processes invalidate meanwhile. */
  async withoutRedis(awayMs: number, comeBack: () => Promise<void>): Promise<Outage> {
    const endsAt = performance.now() + awayMs;
    await pause(SOON_MS);
    const changed = await this.#all({ kind: "change" });
    const burst = await this.#all({ kind: "burst" });
    await pause(Math.max(0, endsAt - performance.now()), undefined, { signal: this.#run.signal });
    const rest = await this.#all({ kind: "phase" });
    await comeBack();
    const versions = await Promise.all(ENTRIES.map(({ entry }) => this.#source.version(entry)));
    const recovery = await this.#all({ kind: "recover", versions });
    await pause(SOON_MS);
    const back = await this.#all({ kind: "phase" });
    return {
      away: together([changed, burst, rest]),
      recoveredMs: recovery.recoveredMs,
      back: together([recovery, back]),
    };
  }

  async stop(): Promise<void> {
    for (const worker of this.#workers) worker.send({ kind: "end" } satisfies ToReader);
    await Promise.all(this.#workers.map(({ ended }) => ended));
  }

  async #all(message: ToReader): Promise<Phase> {
    const phases = this.#workers.map(async (worker) => {
      worker.send(message);
      const phase: Phase = JSON.parse(JSON.stringify(await worker.receive()));
      return phase;
    });
    return together(await Promise.all(phases));
  }
}
