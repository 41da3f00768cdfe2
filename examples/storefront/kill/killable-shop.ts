import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { ShopPlace } from "./place.js";

/** How often a start is tried, because Redis may be down at the same time. */
const MAX_STARTS = 10;

/** The shop in a process of its own, which can be killed and started again on the same port. */
export class KillableShop {
  readonly #program: string;
  readonly #place: Omit<ShopPlace, "port">;
  #port = 0;
  #child: ChildProcess | undefined;

  /** `program`: the file of `shop-process.ts`, as it is or bundled. */
  constructor(program: string, place: Omit<ShopPlace, "port">) {
    this.#program = program;
    this.#place = place;
  }

  get port(): number {
    return this.#port;
  }

  /** Resolves when the shop listens. */
  async start(): Promise<void> {
    for (let start = 1; start <= MAX_STARTS; start += 1) {
      const child = fork(this.#program, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
      this.#child = child;
      const place: ShopPlace = { ...this.#place, port: this.#port };
      child.send(place);
      const ended = once(child, "exit").then(() => undefined);
      const message: unknown = await Promise.race([once(child, "message").then(([first]) => first), ended]);
      if (message === undefined) continue;
      this.#port = Number(Reflect.get(Object(message), "port"));
      return;
    }
    throw new Error(`the shop did not start in ${MAX_STARTS} attempts`);
  }

  /** Kills the process with SIGKILL, and resolves when it has ended. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }
}
