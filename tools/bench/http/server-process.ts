import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Which server of `server.ts` to start. */
export interface HttpServerKind {
  readonly framework: "fastify" | "node";
  readonly handler: "memory" | "get";
  readonly cache: "none" | "redis" | "checked" | "tracked";
}

const START_LIMIT_MS = 60_000;

/** A server of the benchmark in a process of its own. */
export class HttpServerProcess {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly url: string;

  private constructor(child: ChildProcess, lines: AsyncIterator<string>, port: string) {
    this.#child = child;
    this.#lines = lines;
    this.url = `http://127.0.0.1:${port}/products/lamp`;
  }

  static async start(file: string, redisUrl: string, kind: HttpServerKind): Promise<HttpServerProcess> {
    const { framework: FRAMEWORK, handler: HANDLER, cache: CACHE } = kind;
    const child = spawn(process.execPath, [file], {
      env: { ...process.env, REDIS_URL: redisUrl, FRAMEWORK, HANDLER, CACHE },
      stdio: ["pipe", "pipe", "inherit"],
    });
    const timer = setTimeout(() => child.kill(), START_LIMIT_MS);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const { value: port } = await lines.next();
    clearTimeout(timer);
    if (port === undefined) throw new Error("a server of the benchmark did not start");
    return new HttpServerProcess(child, lines, port);
  }

  /** The time of its CPU so far. */
  async cpuUs(): Promise<number> {
    this.#child.stdin?.write("\n");
    const { value } = await this.#lines.next();
    return Number(value);
  }

  stop(): void {
    this.#child.kill();
  }
}
