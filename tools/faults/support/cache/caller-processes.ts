import type { RedisServer } from "../../../../src/testing/index.js";
import { type FaultRun, startWorker, type Worker } from "../../fault-run.js";
import type { FromCallers, RoundResult, ToCallers } from "./callers.js";
import type { Source } from "./source.js";

interface Setting {
  readonly server: RedisServer;
  readonly sourceServer: RedisServer;
  readonly source: Source;
  readonly role: "cached" | "plain";
  readonly processes: number;
}

/** A process whose messages are read by their kind. */
class CallerProcess {
  readonly worker: Worker;
  readonly #waiting = new Map<FromCallers["kind"], ((message: FromCallers) => void)[]>();
  readonly #heard: FromCallers[] = [];

  constructor(run: FaultRun, task: unknown) {
    this.worker = startWorker(run, "callers", task);
    this.worker.process.on("message", (message) => {
      const parsed: FromCallers = JSON.parse(JSON.stringify(message));
      const next = this.#waiting.get(parsed.kind)?.shift();
      if (next) next(parsed);
      else this.#heard.push(parsed);
    });
  }

  send(message: ToCallers): void {
    this.worker.send(message);
  }

  /** The next message of this kind. It does not end if the process has ended; the run has a limit. */
  next(kind: FromCallers["kind"]): Promise<FromCallers> {
    const place = this.#heard.findIndex((message) => message.kind === kind);
    const [heard] = place < 0 ? [] : this.#heard.splice(place, 1);
    if (heard) return Promise.resolve(heard);
    return new Promise((resolve) => {
      this.#waiting.set(kind, [...(this.#waiting.get(kind) ?? []), resolve]);
    });
  }

  /** Forgets who waits for this kind. */
  forget(kind: FromCallers["kind"]): void {
    this.#waiting.delete(kind);
  }
}

/** The result of a round in all processes, with the loads of its entry. */
export interface RoundOfAll extends RoundResult {
  readonly loads: number;
}

/** A round that has begun. */
export interface Round {
  /** Resolves with the place of the process whose load waits. */
  loading(): Promise<number>;
  release(): void;
  end(isSoft: boolean): Promise<RoundOfAll>;
}

/** Processes with many callers each. */
export class CallerProcesses {
  readonly #run: FaultRun;
  readonly #setting: Setting;
  readonly namespace: string;
  #processes: CallerProcess[] = [];

  private constructor(run: FaultRun, setting: Setting) {
    this.#run = run;
    this.#setting = setting;
    this.namespace = run.name();
  }

  static async start(run: FaultRun, setting: Setting): Promise<CallerProcesses> {
    const started = new CallerProcesses(run, setting);
    await started.replace();
    return started;
  }

  get server(): RedisServer {
    return this.#setting.server;
  }

  get role(): "cached" | "plain" {
    return this.#setting.role;
  }

  get source(): Source {
    return this.#setting.source;
  }

  /** Starts as many processes as are missing. */
  async replace(): Promise<void> {
    const { server, sourceServer, source, role, processes } = this.#setting;
    const task = {
      role,
      port: server.port,
      password: server.password,
      namespace: this.namespace,
      sourcePort: sourceServer.port,
      sourcePassword: sourceServer.password,
      prefix: source.prefix,
    };
    const missing = processes - this.#processes.length;
    const started = Array.from({ length: missing }, () => new CallerProcess(this.#run, task));
    await Promise.all(started.map((process) => process.next("ready")));
    this.#processes.push(...started);
  }

  async kill(place: number): Promise<void> {
    const [victim] = this.#processes.splice(place, 1);
    victim?.worker.kill();
    await victim?.worker.ended;
  }

  /** All callers of all processes read the entry. */
  begin(
    entry: string,
    callers: number,
    { isOpen, waitingLoad = 1 }: { readonly isOpen: boolean; readonly waitingLoad?: number },
  ): Round {
    const all = () => this.#processes;
    for (const process of all()) process.send({ kind: "round", entry, callers, isOpen, waitingLoad });
    return {
      async loading() {
        const place = await Promise.race(
          all().map(async (process, own) => {
            await process.next("loading");
            return own;
          }),
        );
        for (const process of all()) process.forget("loading");
        return place;
      },
      release() {
        for (const process of all()) process.send({ kind: "release" });
      },
      end: async (isSoft) => {
        const results = await Promise.all(
          all().map(async (process) => {
            process.send({ kind: "endRound", isSoft });
            const message = await process.next("ended");
            if (message.kind !== "ended") throw new Error("another message than asked for");
            return message.result;
          }),
        );
        const sum = (pick: (result: RoundResult) => number) =>
          results.reduce((total, result) => total + pick(result), 0);
        return {
          calls: sum(({ calls }) => calls),
          stale: sum(({ stale }) => stale),
          failed: sum(({ failed }) => failed),
          isStillOld: results.some((result) => result.isStillOld),
          loads: await this.source.loads(entry),
        };
      },
    };
  }

  /** Ends all processes. */
  async stop(): Promise<void> {
    for (const process of this.#processes) process.send({ kind: "end" });
    await Promise.all(this.#processes.map(({ worker }) => worker.ended));
    this.#processes = [];
  }
}
